#!/bin/sh
# Musicapp in one file. It unpacks itself once for this user and then starts; further words go to the app.
#   --unpack FOLDER   only unpack
#   --install         unpack for good, with an entry in the menu and `musicapp` in ~/.local/bin
#   --uninstall       take that away again; takes, settings and models stay
set -eu
digest=@DIGEST@ bytes=@BYTES@ start=@START@ version=@VERSION@

say() { printf '%s\n' "$*" >&2; }

unpack() {
    folder=$1
    command -v xz >/dev/null || { say "Musicapp cannot unpack itself: the program xz is missing. Install xz-utils."; exit 1; }
    mkdir -p "$folder" || { say "$folder cannot be written. Set XDG_DATA_HOME to a folder that can."; exit 1; }
    free=$(df -Pk "$folder" | awk 'NR == 2 {print $4}')
    if [ "$free" -lt $((bytes / 1000)) ]; then
        say "The disk of $folder is too full: $((bytes / 1000000)) MB are needed. Free some space and start again."
        exit 1
    fi
    new=$(mktemp -d "$folder/.unpacking-XXXXXX")
    trap 'rm -rf "$new"' EXIT
    trap 'exit 130' INT TERM
    say "Musicapp $version unpacks itself into $folder, once ..."
    if ! tail -c +$start "$0" | xz -dc | tar -x -C "$new"; then
        say "This file is damaged or the disk is full. Get it again, or free some space."
        exit 1
    fi
    [ -d "$folder/$digest" ] || mv "$new/Musicapp" "$folder/$digest" # unless another start was quicker
    rm -rf "$new" # exec leaves no shell that could heed the trap
    trap - EXIT INT TERM
}

home=${XDG_DATA_HOME:-$HOME/.local/share}
place=$home/musicapp-program
case "${1:-}" in
--unpack)
    unpack "${2:?a folder}"
    printf '%s\n' "$2/$digest"
    exit 0
    ;;
--uninstall)
    rm -rf "$place" "$HOME/.local/bin/musicapp" "$home/applications/musicapp.desktop"
    rm -f "$home/icons/hicolor/scalable/apps/musicapp.svg"
    say "Musicapp is gone from your menu. Takes, settings and models are where they were."
    exit 0
    ;;
esac
if [ ! -x "$place/$digest/musicapp" ]; then
    unpack "$place"
    for old in "$place"/*; do
        [ "$old" = "$place/$digest" ] || rm -rf "$old"
    done
fi
if [ "${1:-}" = --install ]; then
    mkdir -p "$HOME/.local/bin" "$home/applications" "$home/icons/hicolor/scalable/apps"
    ln -sf "$place/$digest/musicapp" "$HOME/.local/bin/musicapp"
    cp "$place/$digest/_internal/resources/icon.svg" "$home/icons/hicolor/scalable/apps/musicapp.svg"
    sed "s|^Exec=musicapp|Exec=\"$HOME/.local/bin/musicapp\"|" "$place/$digest/musicapp.desktop" >"$home/applications/musicapp.desktop"
    say "Musicapp is in your menu, and as the command $HOME/.local/bin/musicapp. This file is not needed any more."
    exit 0
fi
exec "$place/$digest/musicapp" "$@"
