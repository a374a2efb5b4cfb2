"""Music by rule with its truth beside it: styles and theory to a score, a score to sound. No torch here."""
