using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tectra.Robustness;

/// <summary>The Python process couldn't do what it was asked; it goes on running.</summary>
internal sealed class WorkerException(string message) : Exception(message);

/// <summary>What a worker answers: fields, and a file where one was asked for.</summary>
internal sealed record Answer(JsonObject Fields, byte[] Blob)
{
    public int Width => (int)Fields["width"]!;

    public int Height => (int)Fields["height"]!;
}

/// <summary>
/// A Python process with the attacks, spoken to over its standard streams so that pictures need no files: a JSON object and
/// a blob, each after its length. For one thread at a time.
/// </summary>
internal sealed class Worker : IDisposable
{
    private readonly Process _process;
    private readonly Stream _to, _from;

    public Worker()
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-B");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "worker.py"));
        foreach (var variable in new[] { "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS" }) start.Environment[variable] = "1";
        _process = Process.Start(start) ?? throw new IOException("/usr/bin/python3 didn't start.");
        _to = _process.StandardInput.BaseStream;
        _from = _process.StandardOutput.BaseStream;
    }

    /// <summary>Asks for an operation of <c>worker.py</c> and waits for the answer.</summary>
    /// <exception cref="WorkerException">It failed.</exception>
    public Answer Ask(JsonObject request, ReadOnlySpan<byte> blob = default)
    {
        Write(JsonSerializer.SerializeToUtf8Bytes(request));
        Write(blob);
        _to.Flush();
        var fields = JsonNode.Parse(Read())!.AsObject();
        var file = Read();
        return fields["error"] is { } error ? throw new WorkerException($"{request["op"]}: {error}") : new Answer(fields, file);
    }

    /// <summary>Loads a picture that later operations work on.</summary>
    public Answer Load(ReadOnlySpan<byte> file, string slot = "picture") => Ask(new JsonObject { ["op"] = "load", ["slot"] = slot }, file);

    public void Dispose()
    {
        _to.Dispose(); // the end of its input is the end of its work
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
    }

    private void Write(ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        _to.Write(length);
        _to.Write(part);
    }

    private byte[] Read()
    {
        Span<byte> length = stackalloc byte[4];
        _from.ReadExactly(length);
        var part = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        _from.ReadExactly(part);
        return part;
    }
}
