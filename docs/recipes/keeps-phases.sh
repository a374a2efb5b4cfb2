#!/bin/sh
# An autoencoder that keeps phases (waveforms, a discriminator) and a transformer on its latents, for one GPU that is lent
# by the quarter of an hour: every call does the next minutes of one stage and leaves its checkpoint in pieces that fit
# through narrow doors. What a call needs of the one before it unpacks by itself.
#
#   keeps-phases.sh WORK data 2000          compose and render so many pieces (needs no GPU)
#   keeps-phases.sh WORK autoencoder 10     minutes; any number of calls
#   keeps-phases.sh WORK latents            encode the pieces, teach the text tower (10 minutes)
#   keeps-phases.sh WORK diffusion 10       minutes; any number of calls
#   keeps-phases.sh WORK model FOLDER       write the model folder, and measure it
#
# BATCH (32 crops, 64 windows for the transformer twice that) and WINDOW (1024 latents) are for 80 GB; SAVE_EVERY 120 s.
set -eu
work=$1 stage=$2
recipe=$(dirname "$0")/keeps-phases.json
python=${PYTHON:-python}
batch=${BATCH:-32} window=${WINDOW:-1024} save_every=${SAVE_EVERY:-120}
pieces=$work/pieces

train() {
    stage_name=$1
    shift
    "$python" -m musicapp train "$stage_name" --work "$work" "$@"
}

# A fresh machine has the pieces alone.
unpacked() {
    if [ -d "$pieces/$1" ] && [ ! -e "$work/$1/checkpoint.pt" ]; then
        "$python" -m musicapp train unpack "$pieces/$1" "$work/$1"
    fi
}

packed() {
    rm -rf "$pieces/$1"
    "$python" -m musicapp train pack "$work/$1/checkpoint.pt" "$pieces/$1"
}

case $stage in
data)
    train data --pieces "$3"
    ;;
autoencoder)
    unpacked autoencoder
    train autoencoder --config "$recipe" --minutes "$3" --batch "$batch" --save-every "$save_every"
    packed autoencoder
    ;;
latents)
    unpacked autoencoder
    train encode --config "$recipe"
    train text --minutes "${3:-10}"
    ;;
diffusion)
    unpacked diffusion
    train diffusion --config "$recipe" --minutes "$3" --batch $((2 * batch)) --window "$window" --save-every "$save_every"
    packed diffusion
    ;;
model)
    train export --config "$recipe" --output "$3"
    cp -R "$work/text/clap_text" "$3/clap_text"
    "$python" -m musicapp evaluate "$3" --work "$work/evaluation" --only autoencoder,sound --quick
    ;;
*)
    echo "$stage is no stage: data, autoencoder, latents, diffusion, model" >&2
    exit 2
    ;;
esac
