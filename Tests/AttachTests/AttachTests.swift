import Testing

@testable import Attach

@Suite struct AttachTests {}
