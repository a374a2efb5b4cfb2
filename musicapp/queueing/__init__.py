"""Takes that wait to be made: the same queue behind the window and behind `musicapp batch`."""
