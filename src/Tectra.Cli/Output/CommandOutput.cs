using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Tectra.Sdk;

namespace Tectra.Cli.Output;

/// <summary>Results to standard output, as tables for people or JSON lines for machines; troubles to standard error.</summary>
internal sealed class CommandOutput
{
    private const int RedirectedWidth = 140;

    private readonly TextWriter _out;
    private readonly IAnsiConsole _errors;

    public CommandOutput(bool json, TextWriter output, TextWriter errors)
    {
        IsJson = json;
        _out = output;
        Console = Make(output, System.Console.IsOutputRedirected);
        _errors = Make(errors, System.Console.IsErrorRedirected);
    }

    /// <summary>Whether the caller asked for JSON.</summary>
    public bool IsJson { get; }

    /// <summary>For tables and text.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>The code of an exception that a command reports instead of failing on.</summary>
    public static ErrorDocument? ErrorOf(Exception exception) => exception switch
    {
        TectraException known => new ErrorDocument(known.Code, known.Message),
        FileNotFoundException or DirectoryNotFoundException => new ErrorDocument("file_not_found", exception.Message),
        UnauthorizedAccessException => new ErrorDocument("access_denied", exception.Message),
        IOException => new ErrorDocument("io_error", exception.Message),
        ArgumentException or FormatException => new ErrorDocument("invalid_argument", exception.Message),
        InsufficientMemoryException or OutOfMemoryException => new ErrorDocument("out_of_memory", exception.Message),
        _ => null,
    };

    /// <summary>One JSON line.</summary>
    public void Line<T>(T document, JsonTypeInfo<T> type) => WriteLine(JsonSerializer.Serialize(document, type));

    /// <summary>One JSON line of an object that gets the file's name in front.</summary>
    public void Line(string file, ReadOnlySpan<byte> json)
    {
        var line = new JsonObject { ["file"] = file };
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject()) line[name] = value?.DeepClone();
        WriteLine(line.ToJsonString(CliJson.Line.Options));
    }

    /// <summary>A file that couldn't be handled: a JSON line in its place, or a line on standard error.</summary>
    public void Failure(string file, ErrorDocument error)
    {
        if (IsJson) Line(new FailureDocument(file, error), CliJson.Line.FailureDocument);
        else _errors.MarkupLine($"[red]✗[/] {Markup.Escape(file)}: {Markup.Escape(error.Message)} [dim]({Markup.Escape(error.Code)})[/]");
    }

    /// <summary>A remark for the user; not for machines.</summary>
    public void Remark(string text)
    {
        if (!IsJson) _errors.MarkupLine($"  [yellow]![/] {Markup.Escape(text)}");
    }

    /// <summary>Colours on a terminal that has them; plain text, not wrapped at 80 columns, into files and pipes.</summary>
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
        _out.WriteLine(json);
        _out.Flush();
    }
}
