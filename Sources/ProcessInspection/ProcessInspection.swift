// ProcessInspection
