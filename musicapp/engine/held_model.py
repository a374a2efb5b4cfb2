"""The model that is held: read, given other adapters, and let go before another one comes."""

from __future__ import annotations

import dataclasses
import gc
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import torch
from torch import nn

from musicapp.checkpoints import heap, lora, lora_file
from musicapp.checkpoints.load import CPU_PARTS, LoadedModel, load_model, use_adapters
from musicapp.description.catalogue import find_model
from musicapp.diffusion.sampling import samplers_for
from musicapp.engine import devices, graph_probe, memory, running_out, self_test
from musicapp.engine.events import Event, ModelDefaults, ModelInfo, ModelLoaded, ModelLoading
from musicapp.engine.remarks import Remarks
from musicapp.engine.steering import Prompts
from musicapp.errors import OutOfMemory
from musicapp.request import Lora

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class ModelKey:
    """Which model in which state: another text encoder or other adapters make it another one.

    seen  how the adapters' files looked before they were read; others under the same paths are other adapters
    """

    folder: Path
    placement: devices.Placement
    text_encoder: str = ""
    loras: tuple[Lora, ...] = ()
    seen: tuple[tuple[tuple[int, ...], ...], ...] = ()

    @property
    def plain(self) -> ModelKey:
        """The model without adapters."""
        return dataclasses.replace(self, loras=(), seen=())


@dataclasses.dataclass(frozen=True)
class HeldModel:
    """A model in memory, and what was asked for."""

    asked: ModelKey
    model: LoadedModel
    info: ModelInfo
    prompts: Prompts


class ModelHolder:
    """Keeps the last model loaded, and never two at a time.

    held        the model in memory
    remarks     what has been said of the models
    check_stop  called before every layer of every network
    """

    def __init__(self, check_stop: Callable[[], None], remarks: Remarks) -> None:
        self.held: HeldModel | None = None
        self._check_stop, self._remarks = check_stop, remarks

    def load(
        self,
        key: str,
        *,
        device: str = "auto",
        precision: str = "auto",
        text_encoder: str = "",
        loras: tuple[Lora, ...] = (),
        take_id: str = "",
    ) -> Iterator[Event]:
        """Have a model in memory: ModelLoading and ModelLoaded, or ModelLoaded alone when it is there already.

        Remarked comes before ModelLoaded when there is something to know of the loading.

        text_encoder  a folder, "" for where the model has it
        loras         adapters; those of no strength count as none
        Raises CheckpointError, RequestError (a device that is not there) or OutOfMemory.
        """
        active = tuple(chosen for chosen in loras if chosen.strength != 0)
        seen = tuple(lora_file.seen(Path(chosen.path)) for chosen in active)
        asked = ModelKey(find_model(key), devices.place(device, precision), text_encoder, active, seen)
        ready = self.held
        if ready is None or ready.asked != asked:
            yield ModelLoading(take_id, key)
            if ready is None or ready.asked.plain != asked.plain:
                del ready
                self._free()
                ready = self.held = self._read(key, asked.plain)
                yield from self._remarks.once(ready.model.remark)
            if ready.asked != asked:
                with running_out.errors_in_words(running_out.no_room_for_model):
                    ready, remarks = self._adapt(ready, asked)
                for remark in remarks:
                    yield from self._remarks.once(remark)
        if ready.info.key != key:
            ready = self.held = dataclasses.replace(ready, info=dataclasses.replace(ready.info, key=key))
        yield ModelLoaded(ready.info)

    def _read(self, key: str, asked: ModelKey) -> HeldModel:
        began, folder, placement = time.perf_counter(), asked.folder, asked.placement
        try:
            model = _load(asked)
        except OutOfMemory:
            if placement.device == "cpu":
                raise
            self._free()
            model = _load(asked, on_cpu=CPU_PARTS)
        with running_out.errors_in_words(running_out.no_room_for_model):
            self_test.check(model)
            graph_probe.begin(model, folder.name, placement.device_name)
        for part in (model.conditioner, model.dit, model.autoencoder):
            _check_before_layers(part, self._check_stop)
        if (fetch := model.autoencoder.fetch_encoder) is not None:
            model.autoencoder.fetch_encoder = lambda: _check_before_layers(fetch(), self._check_stop)
        heap.give_back()
        seconds = time.perf_counter() - began
        log.info("loaded %s in %s on %s, %.1f s", folder, placement.precision, placement.device_name, seconds)
        return HeldModel(
            asked, model, _describe(key, folder, model, placement), Prompts(model.conditioner, model.device)
        )

    def _adapt(self, ready: HeldModel, asked: ModelKey) -> tuple[HeldModel, list[str]]:
        """Give the loaded model other adapters, and what to say of them. One that does not fit leaves it as it is."""
        began, model = time.perf_counter(), ready.model
        adapters = [(lora_file.read_adapter(Path(chosen.path)), chosen.strength) for chosen in asked.loras]
        matched = lora.match(model.networks, adapters)
        self.held = None  # whatever goes wrong from here on, the model must not be used any more
        use_adapters(model, matched)
        self_test.check_transformer(model)
        heap.give_back()
        log.info("%d adapters in %.1f s", len(adapters), time.perf_counter() - began)
        self.held = dataclasses.replace(ready, asked=asked, prompts=Prompts(model.conditioner, model.device))
        return self.held, [adapter.remark for adapter, _ in adapters]

    def _free(self) -> None:
        """Let the old model go before the new one comes: both may not fit."""
        self.held = None
        gc.collect()
        heap.give_back()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if torch.backends.mps.is_available():
            torch.mps.empty_cache()


def _load(asked: ModelKey, on_cpu: Sequence[str] = ()) -> LoadedModel:
    """The model as asked for. Raises OutOfMemory, where possible before its weights are read."""
    place = asked.placement

    def check_sizes(sizes: Mapping[str, int]) -> None:
        memory.refuse_weights(sizes, torch.device(place.device), place.precision, on_cpu)

    with running_out.errors_in_words(running_out.no_room_for_model):
        return load_model(
            asked.folder,
            device=place.device,
            precision=place.precision,
            text_encoder_folder=Path(asked.text_encoder) if asked.text_encoder else None,
            on_cpu=on_cpu,
            check_sizes=check_sizes,
            encoder=False,
        )


def _describe(key: str, folder: Path, model: LoadedModel, placement: devices.Placement) -> ModelInfo:
    config, app = model.config, model.config.app
    return ModelInfo(
        key=key,
        name=app.name or folder.name,
        sample_rate=config.sample_rate,
        channels=config.audio_channels,
        max_duration_s=config.max_duration_s,
        samplers=tuple(samplers_for(config.diffusion.objective)),
        defaults=ModelDefaults(app.steps, app.guidance_scale, app.sampler),
        negative_prompt=app.guidance_scale != 1.0,
        device=placement.device,
        device_name=placement.device_name,
        precision=placement.precision,
        licence=app.licence,
    )


def _check_before_layers(network: nn.Module, check_stop: Callable[[], None]) -> nn.Module:
    """The network, which asks before every single layer: one step of a long take lasts longer than anybody waits for
    a cancel."""

    def before(module: nn.Module, inputs: object) -> None:
        check_stop()

    for module in network.modules():
        if not any(True for _ in module.children()):
            module.register_forward_pre_hook(before)
    return network
