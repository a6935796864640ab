import Glibc
import Testing

@testable import ProcessInspection

/// The table of offsets, measured again with the C compiler where CPython's headers are.
@Suite struct StackLayoutTests {
    private static let program = """
        #define Py_BUILD_CORE 1
        #include "Python.h"
        #include "frameobject.h"
        #if PY_VERSION_HEX < 0x03090000
        #include "internal/pycore_pystate.h"
        #else
        #include "internal/pycore_runtime.h"
        #include "internal/pycore_interp.h"
        #endif
        #if PY_VERSION_HEX >= 0x030b0000
        #include "internal/pycore_frame.h"
        #include "internal/pycore_code.h"
        #endif
        #include <stddef.h>
        #include <stdio.h>
        #define PRINT(name, type, field) printf("%s %zu\\n", name, offsetof(type, field))
        typedef struct _is Interpreter;
        int main(void) {
            PRINT("runtimeInterpretersHead", _PyRuntimeState, interpreters.head);
            PRINT("interpreterNext", Interpreter, next);
            PRINT("threadNext", PyThreadState, next);
            PRINT("threadInterpreter", PyThreadState, interp);
            PRINT("threadID", PyThreadState, thread_id);
        #if PY_VERSION_HEX >= 0x030b0000
            PRINT("interpreterThreadsHead", Interpreter, threads.head);
            PRINT("threadNativeID", PyThreadState, native_thread_id);
            PRINT("threadFrame", PyThreadState, cframe);
            PRINT("holderFrame", _PyCFrame, current_frame);
            PRINT("framePrevious", _PyInterpreterFrame, previous);
            PRINT("frameCode", _PyInterpreterFrame, f_code);
            PRINT("frameInstruction", _PyInterpreterFrame, prev_instr);
            PRINT("frameOwner", _PyInterpreterFrame, owner);
            PRINT("codeQualname", PyCodeObject, co_qualname);
            PRINT("codeInstructions", PyCodeObject, co_code_adaptive);
        #else
            PRINT("interpreterThreadsHead", Interpreter, tstate_head);
            PRINT("threadFrame", PyThreadState, frame);
            PRINT("framePrevious", PyFrameObject, f_back);
            PRINT("frameCode", PyFrameObject, f_code);
            PRINT("frameInstruction", PyFrameObject, f_lasti);
        #endif
        #if PY_VERSION_HEX >= 0x030a0000
            PRINT("codeLineTable", PyCodeObject, co_linetable);
        #else
            PRINT("codeLineTable", PyCodeObject, co_lnotab);
        #endif
            PRINT("codeFilename", PyCodeObject, co_filename);
            PRINT("codeName", PyCodeObject, co_name);
            PRINT("codeFirstLine", PyCodeObject, co_firstlineno);
        #if PY_VERSION_HEX >= 0x030c0000
            PRINT("lock", Interpreter, ceval.gil);
        #else
            PRINT("lock", _PyRuntimeState, ceval.gil);
        #endif
            PRINT("lockHolder", struct _gil_runtime_state, last_holder);
            PRINT("lockIsHeld", struct _gil_runtime_state, locked);
            PRINT("objectType", PyObject, ob_type);
            PRINT("objectSize", PyVarObject, ob_size);
            PRINT("bytesData", PyBytesObject, ob_sval);
            PRINT("textLength", PyASCIIObject, length);
            PRINT("textState", PyASCIIObject, state);
            printf("asciiTextSize %zu\\ncompactTextSize %zu\\n", sizeof(PyASCIIObject), sizeof(PyCompactUnicodeObject));
            return 0;
        }
        """

    /// The folders of headers that are complete enough, with the minor version each is of.
    static let headers: [(minor: Int, path: String)] = (8...12).flatMap { minor -> [(minor: Int, path: String)] in
        let home = String(cString: getenv("HOME") ?? strdup("/root"))
        let versions = Interpreters.entries("\(home)/.pyenv/versions").filter { $0.hasPrefix("3.\(minor).") }
        let paths = versions.map { "\(home)/.pyenv/versions/\($0)/include/python3.\(minor)" }
        return (paths + ["/usr/include/python3.\(minor)"]).filter { access("\($0)/internal/pycore_gil.h", F_OK) == 0 }
            .map { (minor, $0) }
    }

    @Test(.enabled(if: system("command -v cc >/dev/null") == 0), arguments: headers)
    func theTableIsWhatTheHeadersSay(minor: Int, path: String) throws {
        let base = "/tmp/.sonde-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { for name in [base + ".c", base] { unlink(name) } }
        let file = try #require(fopen(base + ".c", "w"))
        fputs(Self.program, file)
        fclose(file)
        try #require(system("cc -w -I\(path) -I\(path)/internal \(base).c -o \(base)") == 0)
        let stream = try #require(popen(base, "r"))
        defer { pclose(stream) }
        var measured: [String: UInt64] = [:]
        var buffer = [CChar](repeating: 0, count: 128)
        while fgets(&buffer, 128, stream) != nil {
            let line = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            let words = line.split { $0 == " " || $0 == "\n" }
            measured[String(words[0])] = UInt64(words[1])
        }
        #expect(measured == (try #require(StackLayout.measured(minor: minor))).offsets)
    }

    @Test func versionsWithoutATable() {
        for minor in [0, 7, 13, 99] { #expect(StackLayout.measured(minor: minor) == nil) }
    }

    /// Offsets that are published are believed only within bounds.
    @Test func publishedOffsetsAreChecked() throws {
        func table(minor: UInt64, _ fill: UInt64) throws -> DebugOffsets {
            var words = [UInt64](repeating: fill, count: 256)
            words[0] = UInt64(littleEndian: 0x7970_6775_6265_6478)
            words[1] = 3 << 24 | minor << 16 | 0xf0
            var bytes: [UInt8] = []
            for word in words { for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> (shift * 8))) } }
            return try #require(DebugOffsets(bytes))
        }
        for minor in [13, 14, 15] as [UInt64] {
            #expect(StackLayout(try table(minor: minor, 16)) != nil)
            #expect(StackLayout(try table(minor: minor, 5000)) == nil)
        }
        #expect(StackLayout(try table(minor: 16, 16)) == nil)
    }
}

extension StackLayout {
    /// All offsets by their names, those that the version has not left out.
    fileprivate var offsets: [String: UInt64] {
        var offsets: [String: UInt64] = [:]
        for (label, value) in Mirror(reflecting: self).children {
            switch (label, value) {
            case (let label?, let number as UInt64): offsets[label] = number
            case (let label?, LockPlace.runtime(let number) as LockPlace),
                (let label?, LockPlace.interpreter(let number) as LockPlace):
                offsets[label] = number
            default: break
            }
        }
        return offsets
    }
}
