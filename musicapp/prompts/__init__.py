"""What a prompt says, read by rule: tempo, metre, key, drums, instruments, and words never learnt. No torch here."""
