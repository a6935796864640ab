import Testing

@testable import SafeExpression

@Suite struct SafeExpressionTests {}
