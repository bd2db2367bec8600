using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Tectra.Cli.Output;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Interop;

namespace Tectra.Cli.Commands;

/// <summary>What several commands share: their options, and how they go through files.</summary>
internal static class CommandParts
{
    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON, one object a line, in the order of the arguments." };

    public static Option<bool> LocalOption() => new("--local") { Description = "Use the registry on this machine, even if a server is configured." };

    /// <summary>How often videos are sampled.</summary>
    public static Option<SampleRate?> SampleRateOption() => new("--fps")
    {
        Description = "Videos: how many frames a second are sampled, as 2, 0.5 or 1/10. Default: by the length, from 1 (up to 5 minutes) to 0.1 (above 2 hours).",
        CustomParser = result => ParseRate(result.Tokens[0].Value) is { } rate ? rate : Refuse(result),
    };

    public static Argument<string[]> FilesArgument(string description)
    {
        var argument = new Argument<string[]>("FILE") { Description = description, Arity = ArgumentArity.OneOrMore };
        argument.Validators.Add(result =>
        {
            // An unknown option would otherwise be taken for a file of that name.
            foreach (var token in result.Tokens)
            {
                if (token.Value.StartsWith("--", StringComparison.Ordinal) && !File.Exists(token.Value)) result.AddError($"There is no option '{token.Value}'.");
            }
        });
        return argument;
    }

    /// <summary>
    /// Gives a command its action, which gets its output and whose known errors become exit code 2: for a command over
    /// files one line for each of them, since none was reached.
    /// </summary>
    public static Command WithAction(
        this Command command, Option<bool> json, Func<ParseResult, CommandOutput, CancellationToken, Task<int>> action, Argument<string[]>? files = null)
    {
        command.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = new CommandOutput(parsed.GetValue(json), Console.Out, Console.Error);
            try
            {
                return await action(parsed, output, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Cancelled;
            }
            catch (Exception e) when (CommandOutput.ErrorOf(e) is { } error)
            {
                string[] subjects = files is not null && output is { IsJson: true, HasWritten: false } ? parsed.GetRequiredValue(files) : [command.Name];
                foreach (var subject in subjects) output.Failure(subject, error);
                return ExitCode.Failure;
            }
        });
        return command;
    }

    /// <summary>Runs an action over files in order. A file that fails is reported in its place and doesn't stop the rest.</summary>
    public static async Task<int> ForEachAsync(
        IEnumerable<string> files, CommandOutput output, Func<string, Task<int>> action, CancellationToken cancellationToken)
    {
        var exit = ExitCode.Success;
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                ThrowIfFolder(file);
                exit = ExitCode.Worse(exit, await action(file).ConfigureAwait(false));
            }
            catch (Exception e) when (e is not OperationCanceledException && CommandOutput.ErrorOf(e) is { } error)
            {
                output.Failure(file, error);
                exit = ExitCode.Failure;
            }
        }
        return exit;
    }

    /// <summary>Reads a file, within the limit.</summary>
    /// <exception cref="Sdk.InvalidContentException">It is over the limit (<c>file_too_large</c>).</exception>
    public static Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        ThrowIfFolder(path);
        return ImageFile.ReadAsync(path, ImagingOptions.Default, cancellationToken);
    }

    /// <summary>The format that an output path's extension asks for; null without an extension.</summary>
    /// <exception cref="ArgumentException">The extension is of no format that is written.</exception>
    public static ImageFormat? FormatOf(string path)
    {
        var extension = Path.GetExtension(path);
        if (extension.Length == 0) return null;
        return ImageFormats.TryFromExtension(extension, out var format)
            ? format
            : throw new ArgumentException($"'{extension}' is no format that is written: use .jpg, .png or .webp for the output.");
    }

    /// <summary>Checks a text that goes into certificates and reports and is shown to others.</summary>
    /// <exception cref="ArgumentException">It is too long, or has characters that aren't shown.</exception>
    public static string? CheckText(string name, string? text, int maxLength)
    {
        if (text?.Length > maxLength) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} has at most {maxLength} characters."));
        if (text is not null && text.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar))
            throw new ArgumentException($"{name} has control characters in it, or isn't valid Unicode.");
        return text;
    }

    private static SampleRate? Refuse(ArgumentResult result)
    {
        result.AddError("--fps is a number of frames a second, such as 2, 0.5 or 1/10, from 1/3600 to 60.");
        return null;
    }

    private static SampleRate? ParseRate(string text)
    {
        const int MostDecimals = 3;
        var parts = text.Split('/');
        if (parts.Length > 2 || !decimal.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var frames)) return null;
        var seconds = 1;
        if (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out seconds)) return null;
        if (frames <= 0 || frames > SampleRate.MaxFrames || frames.Scale > MostDecimals || seconds is < 1 or > SampleRate.MaxSeconds) return null;
        var scale = 1;
        for (var i = 0; i < frames.Scale; i++) scale *= 10;
        try
        {
            return SampleRate.Of((int)(frames * scale), seconds * scale);
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Refuses to write over what is read.</summary>
    public static void ThrowIfSame(string source, string target)
    {
        if (Posix.IdentityOf(source) == Posix.IdentityOf(target)) throw new ArgumentException($"'{target}' is the source; choose another output.");
    }

    private static void ThrowIfFolder(string path)
    {
        if (Directory.Exists(path)) throw new ArgumentException($"'{path}' is a folder; name the files in it: {Path.Combine(path, "*")}");
    }
}
