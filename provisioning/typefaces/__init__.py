"""Set-up of the typefaces that papers are printed with."""
