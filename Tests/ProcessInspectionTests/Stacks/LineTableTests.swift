import Glibc
import Testing

@testable import ProcessInspection

/// The tables of lines, compared with what the interpreter makes of them for thousands of functions.
@Suite struct LineTableTests {
    /// Writes a line for each code object: its table, its first line and the line of each instruction.
    private static let program = """
        import ast, asyncio, collections, decimal, dis, email, inspect, json, sys, threading, types, typing, unittest
        import argparse, difflib, logging, pickle, tarfile, tokenize
        seen, left = set(), 1500
        def lines_of(code):
            size = len(code.co_code)
            if hasattr(code, "co_lines"):
                starts = {}
                for start, end, line in code.co_lines():
                    for offset in range(start, end, 2): starts[offset] = line
                return [starts.get(offset) for offset in range(0, size, 2)]
            found = dict(dis.findlinestarts(code))
            line, lines = code.co_firstlineno, []
            for offset in range(0, size, 2):
                line = found.get(offset, line)
                lines.append(line)
            return lines
        def visit(code):
            global left
            if code in seen or left == 0: return
            seen.add(code)
            left -= 1
            table = code.co_linetable if hasattr(code, "co_linetable") else code.co_lnotab
            lines = " ".join("-" if line is None else str(line) for line in lines_of(code))
            print(code.co_firstlineno, table.hex() or "00", lines)
            for constant in code.co_consts:
                if isinstance(constant, types.CodeType): visit(constant)
        for module in list(sys.modules.values()):
            path = getattr(module, "__file__", None) or ""
            if path.endswith(".py"):
                with open(path, "rb") as file: visit(compile(file.read(), path, "exec", dont_inherit=True))
        print("ready", flush=True)
        """

    @Test(arguments: Interpreters.all)
    func theInterpretersOwnLines(_ interpreter: Interpreters.Found) throws {
        let minor = try #require(PythonVersion(parsing: interpreter.version)?.minor)
        let format = minor < 10 ? StackLayout.LineFormat.increments : minor == 10 ? .ranges : .locations
        let script = "/tmp/.sonde-test-\(getpid())-\(UInt32.random(in: 0 ... .max)).py"
        let file = try #require(fopen(script, "w"))
        fputs(Self.program, file)
        fclose(file)
        defer { unlink(script) }
        let stream = try #require(popen("\(interpreter.path) \(script)", "r"))
        defer { pclose(stream) }
        var functions = 0
        var instructions = 0
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, stream) > 0, let line {
            let words = String(cString: line).split { $0 == " " || $0 == "\n" }
            guard words.count > 2, let first = Int(words[0]) else { continue }
            let table = LineTable(format: format, bytes: try bytes(words[1]), firstLine: first)
            for (index, word) in words.dropFirst(2).enumerated() {
                let found = table.line(at: index * 2)
                if found != Int(word) {
                    Issue.record("instruction \(index) of \(words[1]) from \(first): \(word), not \(found ?? -1)")
                    return
                }
                instructions += 1
            }
            #expect(table.line(at: -2) == first)
            functions += 1
        }
        #expect(functions >= 1000 && instructions > 30_000)
    }

    /// Whatever the bytes, there is an answer.
    @Test func tablesThatAreNone() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...40)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for format in [StackLayout.LineFormat.increments, .ranges, .locations] {
                for first in [0, 1, Int(Int32.max), Int(Int32.min)] {
                    let table = LineTable(format: format, bytes: bytes, firstLine: first)
                    for offset in [-1, 0, 1, 100, Int.max] { _ = table.line(at: offset) }
                }
            }
        }
        #expect(LineTable(format: .locations, bytes: [], firstLine: 7).line(at: 0) == nil)
        #expect(LineTable(format: .ranges, bytes: [], firstLine: 7).line(at: 0) == nil)
        #expect(LineTable(format: .increments, bytes: [], firstLine: 7).line(at: 0) == 7)
    }

    private func bytes(_ hex: Substring) throws -> [UInt8] {
        let digits = Array(hex.utf8)
        return try stride(from: 0, to: digits.count - 1, by: 2).map { index in
            try #require(UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16))
        }
    }
}
