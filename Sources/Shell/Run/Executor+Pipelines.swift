internal import SafeExpression

extension Executor {
    /// Captured rows are kept in memory; there is an end to that.
    private static let maximumCaptured = 1_000_000

    /// Runs a pipeline and shows its rows.
    func runPipeline(_ pipeline: Pipeline) async throws(Control) {
        do throws(Failure) {
            let environment = environment()
            guard let rows = try await open(pipeline, environment, isCaptured: false) else { return }
            try await consume(rows, environment) { (shape) throws(Failure) in
                try self.makeSink(pipeline, shape)
            }
            try state.cancellation.check()
        } catch {
            throw control(error, pipeline)
        }
    }

    /// Runs a pipeline and keeps its rows.
    func capture(_ pipeline: Pipeline) async throws(Control) -> [any Record] {
        do throws(Failure) {
            let environment = environment()
            guard let rows = try await open(pipeline, environment, isCaptured: true) else { return [] }
            var captured: [any Record] = []
            try await consume(rows, environment) { (shape) throws(Failure) in
                Sink(
                    add: { (row) throws(Failure) in
                        captured.append(Self.keeping(shape, in: row))
                        if captured.count > Self.maximumCaptured {
                            throw Failure(.failed, "no more than \(Self.maximumCaptured) rows can be captured")
                        }
                    }, end: {}, close: {})
            }
            try state.cancellation.check()
            return captured
        } catch {
            throw control(error, pipeline)
        }
    }

    /// A captured row remembers how its values are shown.
    private static func keeping(_ shape: Shape, in row: any Record) -> any Record {
        guard var row = row as? TableRow, !shape.columns.isEmpty else { return row }
        row.columns = shape.columns
        return row
    }

    /// Where rows go.
    private struct Sink {
        let add: (any Record) throws(Failure) -> Void
        let end: () throws(Failure) -> Void
        let close: () -> Void
    }

    private func environment() -> StageEnvironment {
        StageEnvironment(variables: state.variables) { (word) throws(Failure) in try self.text(word) }
    }

    private func control(_ failure: Failure, _ pipeline: Pipeline) -> Control {
        if let exit = failure.exitStatus { return .exit(exit) }
        if failure.isAboutPattern, case .command(let call) = pipeline.origin, let word = call.words.first {
            return .failure(failure.placed(at: word.range, in: source))
        }
        // A line that was typed stands right above; a script's place has to be named.
        return .failure(source.name == nil ? failure : failure.placed(at: pipeline.callRange, in: source))
    }

    /// Starts what gives the rows, with all stages behind it.
    private func open(
        _ pipeline: Pipeline, _ environment: StageEnvironment, isCaptured: Bool
    ) async throws(Failure) -> (any RowSource)? {
        var rows: any RowSource
        switch pipeline.origin {
        case .input: rows = InputSource(state.input, cancellation: state.cancellation)
        case .variable(let name, let range): rows = try rowsOfVariable(name, range)
        case .command(let call):
            let isPlain = pipeline.stages.isEmpty && pipeline.format == nil && pipeline.save == nil && !isCaptured
            let invocation = try Invocation(
                call, state: state, isPlain: isPlain && (state.options.format ?? .table) == .table
            ) { (word) throws(Failure) in try text(word) }
            if call.command.allow > state.options.allow {
                throw Failure(
                    .notPermitted, "\(call.command.name) is not permitted",
                    hint: "start sonde with --allow \(call.command.allow.rawValue)")
            }
            guard case .rows(let source) = try await call.command.run(invocation) else { return nil }
            rows = source
        }
        for stage in pipeline.stages {
            do {
                rows = try stage.open(rows, in: environment)
            } catch {
                await rows.close()
                throw error
            }
        }
        return rows
    }

    private func rowsOfVariable(_ name: String, _ range: Range<Int>) throws(Failure) -> any RowSource {
        guard let value = state.variables[name] else {
            throw Failure(.failed, "variable '\(name)' has no value yet").placed(at: range, in: source)
        }
        let items = value.asList ?? [value]
        let rows = items.map { item -> any Record in
            if case .object(let box) = item { return box.record }
            guard let members = item.asDict else { return TableRow(["value"], [item]) }
            return TableRow(members.map(\.key.str), members.map(\.value))
        }
        // The columns are those of the rows; what is known of them is how they are shown.
        var shape = Shape(columns: [], isOpen: true)
        if rows.first?.typeName == "observation" {
            shape.columns = ObservationColumns.all + [Stack.stackColumn]
        } else if let columns = (rows.first as? TableRow)?.columns {
            shape.columns = columns
        }
        return RowList(rows, shape: shape)
    }

    /// Takes all rows, and closes everything whatever happens.
    private func consume(
        _ rows: any RowSource, _ environment: StageEnvironment, into makeSink: (Shape) throws(Failure) -> Sink
    ) async throws(Failure) {
        var sink: Sink?
        do throws(Failure) {
            let opened = try makeSink(rows.shape)
            sink = opened
            while let row = try await rows.next() { try opened.add(row) }
            try opened.end()
        } catch {
            // What there is of the rows is shown before the error is.
            if error.kind != .outputClosed { try? sink?.end() }
            await rows.close()
            sink?.close()
            reportDropped(environment)
            throw error
        }
        await rows.close()
        sink?.close()
        reportDropped(environment)
    }

    private func reportDropped(_ environment: StageEnvironment) {
        for (failure, stage, count) in environment.dropped {
            var shown = Failure(
                .failed, "\(stage) left out \(ObservationSource.count(count, "row")): \(failure.message)",
                hint: failure.hint)
            shown.place = failure.place
            shown.isRuntime = failure.isRuntime
            state.report(shown, label: "warning")
            state.fail(.failed)
        }
    }

    private func makeSink(_ pipeline: Pipeline, _ shape: Shape) throws(Failure) -> Sink {
        guard let save = pipeline.save else {
            let state = state
            let renderer = (pipeline.format ?? state.options.format ?? .table).makeRenderer(
                shape: shape, style: state.style, write: { (text) throws(Failure) in try state.write(text) })
            return Sink(
                add: { (row) throws(Failure) in try renderer.add(row) },
                end: { () throws(Failure) in try renderer.end() }, close: {})
        }
        let path = try text(save.file)
        let writer: FileWriter
        do {
            writer = try FileWriter(path, appends: save.appends)
        } catch {
            throw error.placed(at: save.file.range, in: source)
        }
        let renderer = (pipeline.format ?? OutputFormat(ofFile: path)).makeRenderer(
            shape: shape, style: .plain, write: { (text) throws(Failure) in try writer.write(text) })
        var count = 0
        let state = state
        return Sink(
            add: { (row) throws(Failure) in
                try renderer.add(row)
                count += 1
            },
            end: { () throws(Failure) in
                try renderer.end()
                state.notice("save: \(ObservationSource.count(count, "row")) in \(path)")
            }, close: { writer.close() })
    }
}

extension Pipeline {
    /// Where its first part was written: what a failure is about.
    var callRange: Range<Int> {
        switch origin {
        case .command(let call): call.range
        case .variable(_, let range): range
        case .input: range
        }
    }
}
