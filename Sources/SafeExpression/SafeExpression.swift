// SafeExpression
