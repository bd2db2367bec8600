using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Tectra.Sdk;
using Tectra.Sdk.Video;

namespace Tectra.Cli.Output;

/// <summary>Results to standard output, as tables for people or JSON lines for machines; troubles to standard error.</summary>
internal sealed class CommandOutput
{
    public const string InvalidArgument = "invalid_argument", AddressInUse = "address_in_use";

    private const int RedirectedWidth = 4096; // files and pipes aren't wrapped

    private readonly TextWriter _out;

    public CommandOutput(bool json, TextWriter output, TextWriter errors)
    {
        IsJson = json;
        _out = output;
        Console = Make(output, System.Console.IsOutputRedirected);
        Errors = Make(errors, System.Console.IsErrorRedirected);
    }

    /// <summary>Whether the caller asked for JSON.</summary>
    public bool IsJson { get; }

    /// <summary>Whether a JSON line was written.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>For tables and text.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>For troubles and progress.</summary>
    public IAnsiConsole Errors { get; }

    /// <summary>Whether a person watches standard error.</summary>
    public bool IsInteractive => !IsJson && !System.Console.IsErrorRedirected;

    /// <summary>The code of an exception that a command reports instead of failing on.</summary>
    public static ErrorDocument? ErrorOf(Exception exception) => exception switch
    {
        TectraException known => new ErrorDocument(known.Code, known.Message),
        FileNotFoundException missing => new ErrorDocument("file_not_found", missing.FileName is { } name ? $"There is no file '{name}'." : missing.Message),
        DirectoryNotFoundException => new ErrorDocument("file_not_found", exception.Message),
        UnauthorizedAccessException => new ErrorDocument("access_denied", exception.Message),
        IOException => new ErrorDocument("io_error", exception.Message),
        System.Net.Sockets.SocketException => new ErrorDocument("io_error", exception.Message),
        ArgumentException or FormatException => new ErrorDocument(InvalidArgument, exception.Message.Split(" (Parameter '")[0]),
        InsufficientMemoryException or OutOfMemoryException => new ErrorDocument("out_of_memory", exception.Message),
        _ => null,
    };

    /// <summary>Text of unknown origin, fit for a terminal: what isn't shown or steers the terminal becomes U+FFFD.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var hidden = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            plain.Append(hidden ? Rune.ReplacementChar.ToString() : rune.ToString());
        }
        return plain.ToString();
    }

    /// <summary>The same as markup, for <see cref="Console"/>.</summary>
    public static string Escape(string text) => Markup.Escape(Plain(text));

    /// <summary>One JSON line.</summary>
    public void Line<T>(T document, JsonTypeInfo<T> type) => WriteLine(JsonSerializer.Serialize(document, type));

    /// <summary>One JSON line of an object that gets the file's name in front, and an error behind if there is one.</summary>
    public void Line(string file, ReadOnlySpan<byte> json, ErrorDocument? error = null)
    {
        var line = new JsonObject { ["file"] = file };
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject()) line[name] = value?.DeepClone();
        if (error is not null) line["error"] = JsonSerializer.SerializeToNode(error, CliJson.Line.ErrorDocument);
        WriteLine(line.ToJsonString(CliJson.Line.Options));
    }

    /// <summary>Does something long about a file, with a progress bar on standard error if that is a terminal and a person reads it.</summary>
    public async Task<T> WithProgressAsync<T>(string file, Func<IProgress<VideoProgress>?, Task<T>> work)
    {
        if (!IsInteractive) return await work(null).ConfigureAwait(false);
        return await Errors.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask(Escape(Path.GetFileName(file)), maxValue: 1);
                return work(new Steps(task));
            }).ConfigureAwait(false);
    }

    /// <summary>A file that couldn't be handled: a JSON line in its place, or a line on standard error.</summary>
    public void Failure(string file, ErrorDocument error)
    {
        if (IsJson) Line(new FailureDocument(file, error), CliJson.Line.FailureDocument);
        else Errors.MarkupLine($"[red]✗[/] {Escape(file)}: {Escape(error.Message)} [dim]({Escape(error.Code)})[/]");
    }

    /// <summary>A remark about a file (or nothing) for the user; not for machines.</summary>
    public void Remark(string? file, string text)
    {
        if (!IsJson) Errors.MarkupLine($"  [yellow]![/] {(file is null ? "" : $"{Escape(file)}: ")}{Escape(text)}");
    }

    /// <summary>Colours on a terminal that has them; plain text into files and pipes.</summary>
    private static IAnsiConsole Make(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (redirected) console.Profile.Width = RedirectedWidth;
        return console;
    }

    private void WriteLine(string json)
    {
        HasWritten = true;
        _out.WriteLine(json);
        _out.Flush();
    }

    private sealed class Steps(ProgressTask task) : IProgress<VideoProgress>
    {
        public void Report(VideoProgress value) => task.Value = value.Fraction;
    }
}
