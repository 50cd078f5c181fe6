"""Where models stand on dilemmas and statements. Empty until the probe lands."""
