// Attach
