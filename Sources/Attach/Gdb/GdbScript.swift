/// The commands that gdb is given, as text.
///
/// gdb reads no symbols and no file of the target: every address is ours. It stops all threads; what is called on the
/// main thread takes no memory of the target's allocators and no Python. Signals are passed on as they come: a stop in the
/// middle of a call would leave the thread in it.
enum GdbScript {
    /// What the lines begin with that are meant for us.
    static let mark = "sonde: "
    /// What our memory in the target takes, in bytes.
    static let pageSize = 4096

    /// What gdb's standard input holds.
    ///
    /// - Parameters:
    ///   - pid: The target.
    ///   - gate: The file with the calls, which gdb opens once the target stands still. When it is gone or empty by then,
    ///     gdb lets the target go and has called nothing.
    ///   - registers: The file with the ``GdbRegisters``. Without it nothing is called.
    static func visit(to pid: Int32, gate: String, registers: String) -> String {
        // The directory /dev/null holds no file: the target's own would be read while it stands still.
        """
        set confirm off
        set pagination off
        set print thread-events off
        set print inferior-events off
        set auto-load off
        set auto-solib-add off
        set sysroot /dev/null
        set tdesc filename \(registers)
        handle all nostop noprint pass
        handle SIGINT nostop noprint pass
        attach \(pid)
        echo \(mark)attached\\n
        if \(GdbRegisters.areFew)
          source \(gate)
        else
          echo \(mark)registers\\n
        end
        detach

        """
    }

    /// The calls that queue a text: whether the interpreter is ready, a page for the text, the text, the queue.
    ///
    /// The page is the only thing that stays. Other threads run only during the last call, in which the queue's lock may have
    /// to be waited for.
    ///
    /// - Parameters:
    ///   - text: Python source.
    ///   - functions: The interpreter's functions.
    ///   - libraries: Where the text is run and memory is had.
    static func queue(_ text: [UInt8], _ functions: PythonFunctions, _ libraries: GdbFunctions) -> String {
        let finalizing = functions.isFinalizing.map { "((int(*)(void))\($0))()" } ?? "0"
        return """
            set $held = 0
            set $index = -1
            while $index < 64 && !$held
              if $index < 0
                set $word = (unsigned long)$pc
              else
                set $word = *(unsigned long *)($sp + 8 * $index)
              end
              if \(isIn(functions.queueing))
                set $held = 1
              end
              set $index = $index + 1
            end
            if $held
              echo \(mark)held\\n
            else
              echo \(mark)calling\\n
              set scheduler-locking on
              if !((int(*)(void))\(functions.isInitialized))()
                echo \(mark)starting\\n
              else
                if \(finalizing)
                  echo \(mark)finalizing\\n
                else
                  set $page = \(map(libraries))
                  if $page == ~0UL
                    echo \(mark)refused\\n
                  else
                    printf "\(mark)page %lu\\n", $page
            \(words(text))
                    set scheduler-locking off
                    set $full = \(call(functions.addPendingCall, "\(libraries.runSimpleString)", "$page"))
                    set scheduler-locking on
                    if $full
                      echo \(mark)full\\n
                      set $left = \(call(libraries.munmap, "$page", "\(pageSize)"))
                    else
                      echo \(mark)queued\\n
                    end
                  end
                end
              end
            end

            """
    }

    /// The call that gives the page back, if it still holds the text.
    static func unmap(_ page: UInt64, _ text: [UInt8], _ libraries: GdbFunctions) -> String {
        """
        if *(unsigned long *)\(page) == \(padded(text)[0])
          echo \(mark)calling\\n
          set scheduler-locking on
          set $left = \(call(libraries.munmap, "\(page)", "\(pageSize)"))
          printf "\(mark)unmapped %d\\n", $left
        end

        """
    }

    private static func isIn(_ ranges: [Range<UInt64>]) -> String {
        let tests = ranges.map { "($word >= \($0.lowerBound) && $word < \($0.upperBound))" }
        return tests.isEmpty ? "0" : tests.joined(separator: " || ")
    }

    // 3 is reading and writing, 0x22 private memory without a file, on every machine.
    private static func map(_ libraries: GdbFunctions) -> String {
        let type = "(unsigned long(*)(unsigned long, unsigned long, int, int, int, long))"
        return "(\(type)\(libraries.mmap))(0, \(pageSize), 3, 0x22, -1, 0)"
    }

    private static func call(_ function: UInt64, _ first: String, _ second: String) -> String {
        "((int(*)(unsigned long, unsigned long))\(function))(\(first), \(second))"
    }

    private static func words(_ text: [UInt8]) -> String {
        padded(text).enumerated().map { "set {unsigned long}($page + \($0 * 8)) = \($1)" }.joined(separator: "\n")
    }

    // With a zero byte, the rest of the page being zero as well.
    private static func padded(_ text: [UInt8]) -> [UInt64] {
        let bytes = text + [UInt8](repeating: 0, count: 8 - text.count % 8)
        return stride(from: 0, to: bytes.count, by: 8).map { ByteOrder.u64(bytes, at: $0) }
    }
}
