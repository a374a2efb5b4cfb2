"""Phases for magnitudes: audio whose short-time spectrum has them, found without anything learnt.

First a guess from the magnitudes alone: how steeply they rise or fall from bin to bin says how fast the phase turns,
and from window to window where an attack lies (Prusa, Balazs and Sondergaard, IEEE/ACM TASLP 25(5), 2017). Then
projections of Griffin and Lim with momentum (Perraudin, Balazs and Sondergaard, WASPAA 2013): to audio and back to the
spectrum that this audio really has, keeping its phase. The guess makes eight of them worth more than sixteen from
random phases. Both act locally, so chunks can be exact.
"""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from musicapp.nn.parallel import side_by_side

MOMENTUM = 0.99
CACHED_WINDOWS = 64  # for each thread
BINS_PER_SLOPE = 1 / (2 * math.pi * 2 * 0.25645)  # of a Hann window, as Gaussian as it is (the paper's table)
STEEPEST = 4.0  # difference of log magnitudes of bins two apart, in a main lobe
FAINTEST = 1e-5  # of a full-scale sine: slopes in what is fainter say nothing
NEAR_BINS = 2  # within which the loudest partial says how fast phases turn
ATTACK_BINS = slice(93, 600)  # whose levels tell of attacks, of windows of 2,048 at 44.1 kHz: 2 to 13 kHz
ATTACK_FLOOR = 1e-3  # of a full-scale sine: rises of what is fainter are not looked at
STEEP_RISE = 0.25  # nepers a hop
HANN_SQUARED_VARIANCE = 0.02001  # in lengths squared
LATEST = 0.44  # of a window's length: how far from its middle an attack may lie
OWNED_BINS = 3  # on each side of a partial's loudest bin: its lobe
TABLE_SEED = 1
UNHEARD = 0.1  # of a bin's magnitude: a sine below says little about its phase
BANDS_PER_OCTAVE = 1  # in which the side leads or lags behind the mid: more of them cost level where they meet
FIRST_BAND_HZ, TABLE_RATE = 100.0, 44100  # where the second of them begins, at the rate that tables are made for
LEAST_PART = 8  # groups of windows that are worth a thread
TRUSTED = 0.1  # how far each projection goes back to trusted sines: further is more in tune, and less the magnitudes


@dataclass(frozen=True)
class Known:
    """Sound that is there already, beside what is searched: its phases run on into it.

    audio  `(channels, count * hop)`, anything where it is not known
    where  `(count * hop,)` bool
    """

    audio: Tensor
    where: Tensor

    def part(self, frames: slice) -> Known:
        """Of some of the frames."""
        return Known(self.audio[:, frames], self.where[frames])


class Join(nn.Module):
    """Windowed pieces to the audio with the spectrum nearest to theirs, zero beyond both ends.

    A module of its own, so that a hook can stop long takes here.

    in   pieces `(count, n_fft)`; share, one over the sum of the squared windows at every frame of `audio`
    out  `(count * hop + n_fft - hop,)`, a view of `audio`: fresh memory costs more than the sums
    """

    def forward(self, pieces: Tensor, share: Tensor, audio: Tensor) -> Tensor:
        edge = (pieces.shape[1] - audio.shape[1]) // 2
        whole = overlap_add(pieces, audio).mul_(share)
        whole[:edge].zero_()
        whole[len(whole) - edge :].zero_()
        return whole


class PhaseSearch(nn.Module):
    """Magnitudes to audio; no gradient passes.

    in       `(channels, count, n_fft // 2 + 1)`, of Hann windows `hop` frames apart, a full-scale sine being 1
    sines    complex `(count, lowest)` or None: what gives the lowest bins their first phases instead
    trust    `(count,)`, given with sines: 1 where projections are to follow them, 0 where they are free
    known    what is not to be searched
    out      `(channels, count * hop)`: the first in phase with what was found, the others a quarter of a turn from it
    group    windows whose first phases follow from each other; what is given begins with a whole group
    near     windows on each side of one that its audio depends on, their groups not counted
    reach    and with these
    """

    window: Tensor
    table: Tensor
    aside: Tensor

    def __init__(self, n_fft: int, hop: int, iterations: int, group: int) -> None:
        super().__init__()
        self.n_fft, self.hop, self.iterations, self.group = n_fft, hop, iterations, group
        beyond = math.ceil((n_fft - hop) / 2 / hop)  # windows that reach into one's own frames from outside
        overlapping = n_fft // hop - 1  # windows on each side that share frames with one
        self.near = beyond + (iterations + 1) * overlapping  # the last for what channels take from what was found
        self.reach = self.near + group
        self.join = Join()
        self.later = 2 * HANN_SQUARED_VARIANCE * n_fft**2 / hop  # frames for each neper a hop
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.register_buffer("table", phase_table(n_fft // 2 + 1), persistent=False)
        self.register_buffer("aside", quarter_turns(n_fft // 2 + 1, TABLE_RATE / n_fft), persistent=False)

    def forward(
        self,
        magnitude: Tensor,
        sines: Tensor | None = None,
        trust: Tensor | None = None,
        known: Known | None = None,
    ) -> Tensor:
        def search(part: _Part) -> Tensor:
            given, kept = part
            frames = slice(given.start * self.hop, given.stop * self.hop)
            audio = self._search(
                magnitude[:, given].detach(),
                None if sines is None else sines[given],
                None if trust is None else trust[given],
                None if known is None else known.part(frames),
            )
            return audio[:, (kept.start - given.start) * self.hop : (kept.stop - given.start) * self.hop]

        return torch.cat(side_by_side(search, self._parts(magnitude), on_cpu=magnitude.device.type == "cpu"), dim=-1)

    def _parts(self, magnitude: Tensor) -> list[_Part]:
        """Whole groups that are searched in a thread each, with the windows around them that their audio depends on."""
        count = magnitude.shape[1]
        threads = torch.get_num_threads() if magnitude.device.type == "cpu" else 1
        groups = -(-count // self.group)
        workers = max(1, min(threads, groups // LEAST_PART))
        bounds = [min(count, groups * number // workers * self.group) for number in range(workers + 1)]
        around = -(-self.near // self.group) * self.group
        return [
            (slice(max(0, start - around), min(count, end + self.near)), slice(start, end))
            for start, end in itertools.pairwise(bounds)
        ]

    def _search(
        self, magnitude: Tensor, sines: Tensor | None, trust: Tensor | None, known: Known | None = None
    ) -> Tensor:
        """`(channels, count, bins)` to `(channels, count * hop)`.

        On CPUs a few windows pass at once, for which a core's cache is large enough, through memory that is kept: fresh
        pages cost as much as the sums.
        """
        channels, count = len(magnitude), magnitude.shape[1]
        magnitude = magnitude * (self.n_fft / 4)
        every = magnitude[0] if channels == 1 else magnitude.square().sum(0).sqrt_()
        work = _Work(self, every)
        there = None if known is None else _There(self, known)
        joined = self._found(every, sines, trust, work, there)
        edge = (self.n_fft - self.hop) // 2
        if channels == 1:
            return joined[None, edge : edge + count * self.hop]
        windows, out = joined.clone().unfold(0, self.n_fft, self.hop), []
        for number, channel in enumerate(magnitude):
            for part in work.parts:
                spectrum = work.scratch.scaled(torch.fft.rfft(windows[part] * self.window), channel[part])
                self._write_pieces(spectrum.mul_(self.aside) if number else spectrum, work.pieces[part])
            if there is not None:
                there.put_windows(number, work.pieces)
            out.append(self.join(work.pieces, work.share, work.audio)[edge : edge + count * self.hop].clone())
        return torch.stack(out)

    def _found(
        self, magnitude: Tensor, sines: Tensor | None, trust: Tensor | None, work: _Work, there: _There | None = None
    ) -> Tensor:
        """One sound with such magnitudes, `(count, bins)`, zero beyond both ends: a view of the memory of `work`."""
        count, pieces, share, audio = len(magnitude), work.pieces, work.share, work.audio
        lowest = slice(0, 0 if sines is None else sines.shape[1])
        start = None if sines is None else sines.clone()
        follow = None if trust is None else (TRUSTED * trust[:, None]).to(torch.complex64)
        runs = [] if there is None else self._runs(magnitude, there)
        for first in range(0, count, self.group):
            group = slice(first, first + self.group)
            guess = self._first_phases(magnitude[group])
            for begin, run in runs:
                within = slice(max(begin, first), min(begin + len(run), first + len(guess)))
                guess[within.start - first : max(0, within.stop - first)] = run[
                    within.start - begin : max(0, within.stop - begin)
                ]
            phases = self._with_attacks(magnitude[group], guess)
            spectrum = torch.polar(magnitude[group], phases)
            if start is not None:
                spectrum[:, lowest] = start[group] = self._followed(start[group], spectrum[:, lowest])
            self._write_pieces(spectrum, pieces[group])
        before = torch.empty_like(audio)  # what was joined last
        ahead = torch.empty_like(audio)
        for number in range(self.iterations):
            joined = self.join(pieces, share, audio)
            if number:  # the transform is linear, so the audio may go beyond what it was last as well as its spectrum
                joined = torch.lerp(before, audio, 1 + MOMENTUM, out=ahead).flatten()
            if there is not None:
                there.put(joined)
            windows = joined.unfold(0, self.n_fft, self.hop)
            for part in work.parts:
                spectrum = work.scratch.scaled(torch.fft.rfft(windows[part] * self.window), magnitude[part])
                if start is not None and follow is not None:
                    spectrum[:, lowest].lerp_(start[part], follow[part])
                self._write_pieces(spectrum, pieces[part])
            audio, before = before, audio
        return self.join(pieces, share, audio)

    def _first_phases(self, magnitude: Tensor) -> Tensor:
        """The guess for the windows of a group, `(count, bins)` in radians.

        In the first of them every partial has a phase of its own, from a table: peaking together, all would be heard
        as a tick. From one to the next every bin turns as fast as a sine between the bins would whose lobe falls off
        like this, the loud ones speaking for their neighbours.
        """
        level = magnitude.add(FAINTEST * self.n_fft / 4).log_()
        slope = F.pad(level[:, 2:] - level[:, :-2], (1, 1)).clamp_(-STEEPEST, STEEPEST)
        weight = F.pad((magnitude + 1e-6).pow(3), (NEAR_BINS, NEAR_BINS))
        offset = F.pad(slope.mul_(BINS_PER_SLOPE), (NEAR_BINS, NEAR_BINS))  # of the partial from the bin, in bins
        bins = magnitude.shape[1]
        total, moment = torch.zeros_like(magnitude), torch.zeros_like(magnitude)
        for place in range(2 * NEAR_BINS + 1):
            near = weight[:, place : place + bins]
            total += near
            moment += near * (offset[:, place : place + bins] + (place - NEAR_BINS))
        number = torch.arange(bins, device=magnitude.device)
        overlap = self.n_fft // self.hop
        turns = moment.div_(total).add_(number).div_(overlap)
        turns = (turns[:-1] + turns[1:]).mul_(0.5)
        passed = F.pad(turns.sub_(number // overlap).cumsum(0), (0, 0, 1, 0))  # without turns that are whole
        return passed.mul_(2 * math.pi).add_(math.pi * (number % 2) + self.table[_loudest_near(magnitude[0])])

    def _runs(self, magnitude: Tensor, there: _There) -> list[tuple[int, Tensor]]:
        """Guesses that run on from known sound, to the end of the next group, or to the beginning of the one before.

        Each with the number of its first window. Between two of them lies the middle of what is not known.
        """
        whole, runs = there.whole, []
        edges = (whole[1:] != whole[:-1]).nonzero().flatten().tolist()
        for place, edge in enumerate(edges):
            if whole[edge]:  # known in front
                next_edge = edges[place + 1] if place + 1 < len(edges) else len(magnitude)
                end = min((edge // self.group + 2) * self.group, (edge + next_edge) // 2 + 1)
                run = self._first_phases(magnitude[edge:end])
                runs.append((edge, run.add_(there.angle(edge) - run[0])))
            else:
                last_edge = edges[place - 1] if place else -1
                start = max(((edge + 1) // self.group - 1) * self.group, (last_edge + edge) // 2 + 1, 0)
                run = self._first_phases(magnitude[start : edge + 2])
                runs.append((start, run.add_(there.angle(edge + 1) - run[-1])))
        return runs

    def _with_attacks(self, magnitude: Tensor, phases: Tensor) -> Tensor:
        """Where treble rises steeply from window to window, its phases are those of one click; in place.

        How steeply tells where in the window it is (the slope over time of phase gradient integration): in a Gaussian
        window what grows exponentially has its middle behind the window's own by twice the rise times the variance of
        the squared window.
        """
        if len(magnitude) < 3 or magnitude.shape[1] <= ATTACK_BINS.start:  # nothing on both sides, or no treble
            return phases
        treble = magnitude[:, ATTACK_BINS]
        level = treble.add(ATTACK_FLOOR * self.n_fft / 4).log_()
        rise = F.pad(level[2:] - level[:-2], (0, 0, 1, 1)).mul_(treble).sum(1) / (2 * treble.sum(1)).clamp_(min=1e-9)
        later = (self.later * rise).clamp_(max=LATEST * self.n_fft)
        bins = torch.arange(ATTACK_BINS.start, magnitude.shape[1], device=magnitude.device)
        click = math.pi * (bins % 2) - later[:, None] * (2 * math.pi / self.n_fft) * bins
        upper = phases[:, ATTACK_BINS.start :]
        upper.copy_(torch.where((rise > STEEP_RISE)[:, None], click, upper))
        return phases

    def _followed(self, sines: Tensor, spectrum: Tensor) -> Tensor:
        """Lowest bins of a spectrum, `(count, lowest)`, with phases of sines; where these are faint the guess stays."""
        sines = sines * (self.n_fft / 4)
        rest = (UNHEARD * spectrum.abs() - sines.abs()).clamp_(min=0)
        return torch.polar(spectrum.abs(), (sines + torch.polar(rest, spectrum.angle())).angle())

    def _write_pieces(self, spectrum: Tensor, pieces: Tensor) -> None:
        """`(count, bins)` -> `(count, n_fft)`: one windowed piece of audio for each spectrum."""
        torch.mul(torch.fft.irfft(spectrum, n=self.n_fft), self.window, out=pieces)


class _There:
    """Known sound in the places of one search: frames count from the first window's beginning."""

    def __init__(self, search: PhaseSearch, known: Known) -> None:
        self._window, self._hop = search.window, search.hop
        edge = (search.n_fft - search.hop) // 2
        self._audio, self._where = F.pad(known.audio, (edge, edge)), F.pad(known.where, (edge, edge))
        self.whole = self._where.unfold(0, search.n_fft, search.hop).all(dim=1)  # windows with nothing unknown in them

    def put(self, joined: Tensor) -> None:
        """Have what is known in what was found, `(frames,)`, in place."""
        joined.copy_(torch.where(self._where, self._audio[0], joined))

    def put_windows(self, channel: int, pieces: Tensor) -> None:
        """Windowed pieces of a channel as known sound has them, in place."""
        windows = self._audio[channel].unfold(0, len(self._window), self._hop)
        pieces[self.whole] = windows[self.whole] * self._window.square()

    def angle(self, window: int) -> Tensor:
        """The phases of a known window, `(bins,)`."""
        sound = self._audio[0, window * self._hop :][: len(self._window)]
        return torch.fft.rfft(sound * self._window).angle()


_Part = tuple[slice, slice]  # windows that are given, and those of them whose audio is kept


class _Work:
    """The memory of one search over `(count, bins)` magnitudes.

    pieces  `(count, n_fft)` windowed audio
    audio   `(count + overlap - 1, hop)` what they join to, with the zeros beyond both ends
    share   one over the sum of the squared windows at every frame of it
    parts   the windows that pass at once
    """

    def __init__(self, search: PhaseSearch, magnitude: Tensor) -> None:
        count, n_fft, hop = len(magnitude), search.n_fft, search.hop
        size = min(count, CACHED_WINDOWS * torch.get_num_threads() if magnitude.device.type == "cpu" else count)
        self.parts = [slice(start, min(start + size, count)) for start in range(0, count, size)]
        self.pieces = magnitude.new_empty(count, n_fft)
        self.audio = magnitude.new_zeros(count + n_fft // hop - 1, hop)
        squares = search.window.square().expand(count, n_fft)
        self.share = overlap_add(squares, torch.empty_like(self.audio)).reciprocal()
        self.scratch = _Scratch(size, magnitude)


class _Scratch:
    """Memory to give spectra other magnitudes in.

    size  spectra that pass at once, at most
    like  `(..., bins)`
    """

    def __init__(self, size: int, like: Tensor) -> None:
        bins = like.shape[-1]
        self._squares = like.new_empty(size, bins, 2)
        self._norm = like.new_empty(size, bins)
        self._floor = like.new_empty(size, bins)
        self._gain = like.new_empty(size, bins, dtype=torch.complex64)

    def scaled(self, spectrum: Tensor, magnitude: Tensor) -> Tensor:
        """A spectrum `(count, bins)` in place, with other magnitudes; where it is nearly nothing, with less.

        A little of the magnitude is added to the power and keeps rounding from growing where two partials cancel. Steps
        on real and imaginary parts are several times quicker than on complex numbers, a root and a division quicker
        than the root's reciprocal.
        """
        count, parts = len(spectrum), torch.view_as_real(spectrum)
        squares = torch.mul(parts, parts, out=self._squares[:count])
        norm = torch.add(squares[..., 0], squares[..., 1], out=self._norm[:count])
        floor = torch.mul(magnitude, 1e-3, out=self._floor[:count])
        norm.add_(floor.square_()).add_(1e-18).sqrt_()
        return spectrum.mul_(self._gain[:count].copy_(torch.div(magnitude, norm, out=norm)))


def phase_table(bins: int) -> Tensor:
    """`(bins,)` radians, uniform and without order; the same on every machine (Python promises it for `random`)."""
    rng = random.Random(TABLE_SEED)
    return torch.tensor([2 * math.pi * rng.random() for _ in range(bins)])


def quarter_turns(bins: int, bin_hz: float) -> Tensor:
    """`(bins,)` of i and -i, by turns in bands of so many to an octave: what the side is turned by from the mid.

    Left and right are their sum and difference. In phase all would lean to the left; a quarter of a turn apart they are
    equally loud, and led by the one or the other channel by turns.
    """
    octaves = torch.log2((torch.arange(bins) * bin_hz / FIRST_BAND_HZ).clamp(min=1))
    lags = (octaves * BANDS_PER_OCTAVE + (octaves > 0)).floor().long() % 2
    return torch.complex(torch.zeros(bins), 1.0 - 2.0 * lags)


def _loudest_near(magnitude: Tensor) -> Tensor:
    """For every bin of one window, `(bins,)`, the number of the loudest one near that one, `(bins,)`.

    Twice, so that the skirts of a lobe follow its middle too.
    """
    size = 2 * OWNED_BINS + 1
    loudest = F.max_pool1d(magnitude[None], size, stride=1, padding=OWNED_BINS, return_indices=True)[1][0]
    return loudest[loudest]


def overlap_add(pieces: Tensor, out: Tensor) -> Tensor:
    """`(count, size)` -> `((count - 1) * hop + size,)`, a view of `out`: the sum of shifted pieces.

    out  `(count + size / hop - 1, hop)`, size being a multiple of hop

    Every frame adds up its pieces in the same order wherever a chunk begins, so chunks join without a rounding error.
    """
    count, hop = len(pieces), out.shape[1]
    blocks = pieces.unflatten(-1, (-1, hop)).unbind(1)
    out[:count] = blocks[0]
    out[count:] = 0
    for part, block in enumerate(blocks[1:], start=1):
        out[part : part + count] += block
    return out.flatten()
