using System.Text;

namespace Tectra.Cli.Commands;

/// <summary>Passwords: never on a command line, where other processes and histories see them, and never echoed.</summary>
internal static class PasswordInput
{
    public const string Variable = "TECTRA_PASSWORD";

    private const int MaxLength = 1024;

    /// <summary>From <c>TECTRA_PASSWORD</c>; else asked for on the terminal; else one line of standard input.</summary>
    /// <exception cref="ArgumentException">There is none, or it is too long.</exception>
    public static string Read(string email)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return given;
        var password = Console.IsInputRedirected ? ReadLine(Console.In) : Ask($"Password of {email}: ");
        return password.Length > 0 ? password : throw new ArgumentException($"No password was given. Type it on a terminal, set {Variable}, or pipe it in as one line.");
    }

    /// <summary>The e-mail address, asked for on a terminal if it wasn't given.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static string ReadEmail(string? given)
    {
        if (given is null && !Console.IsInputRedirected)
        {
            Console.Error.Write("E-mail address: ");
            given = Console.ReadLine()?.Trim();
        }
        return !string.IsNullOrWhiteSpace(given) ? given : throw new ArgumentException("Whose account it is wasn't said. Use --email.");
    }

    private static string ReadLine(TextReader input)
    {
        var line = new StringBuilder();
        for (var next = input.Read(); next is not (-1 or '\n'); next = input.Read()) Append(line, (char)next);
        if (line.Length > 0 && line[^1] == '\r') line.Length--;
        return line.ToString();
    }

    private static string Ask(string question)
    {
        _ = Console.KeyAvailable; // turns the echo off, before anybody is asked to type
        Console.Error.Write(question);
        var line = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace) line.Length = Math.Max(line.Length - 1, 0);
            else if (!char.IsControl(key.KeyChar)) Append(line, key.KeyChar);
        }
        Console.Error.WriteLine();
        return line.ToString();
    }

    private static void Append(StringBuilder line, char next)
    {
        if (line.Length == MaxLength) throw new ArgumentException("The password is too long.");
        line.Append(next);
    }
}
