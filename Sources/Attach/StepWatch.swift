internal import Glibc

/// Is told each step of an injection, and can end this process there: the switch that proves that the target survives
/// being left at any of them.
struct StepWatch: Sendable {
    /// The step after which to die, and at which of its occurrences, from 1 on.
    let death: (step: Step, occurrence: Int)?
    private let counter = Counter()

    init(death: (step: Step, occurrence: Int)?) { self.death = death }

    func reached(_ step: Step) {
        guard let death, step == death.step else { return }
        counter.value += 1
        if counter.value == death.occurrence { kill(getpid(), SIGKILL) }
    }

    // Used on the tracer's thread only.
    private final class Counter: @unchecked Sendable { var value = 0 }
}
