public import Sessions

/// The check that the shell shows, under a name that ProcessInspection's own does not hide.
public typealias SessionCheck = Check
