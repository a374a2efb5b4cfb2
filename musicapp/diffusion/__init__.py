"""Noise to latents: schedules, samplers and guidance, as functions of tensors that know no network, file or device."""
