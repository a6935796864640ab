import Testing

/// The tests that make editors, one after another: libedit and the terminal library below it keep what they know in
/// the process, behind no lock, and a shell has one editor.
@Suite(.serialized, .timeLimit(.minutes(1))) enum Editors {}
