namespace Tectra.Sdk;

/// <summary>
/// The base of every error this product raises on purpose. <see cref="Code"/> is stable across versions and is what
/// programs branch on; the message is for people and says what to do next.
/// </summary>
public abstract class TectraException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="code">One of the constants of <see cref="ErrorCodes"/>.</param>
    /// <param name="message">What happened and what to do next.</param>
    /// <param name="innerException">The cause, if another exception led here.</param>
    protected TectraException(string code, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        Code = code;
    }

    /// <summary>The stable, machine-readable reason: lower case with underscores, such as <c>image_truncated</c>.</summary>
    public string Code { get; }
}

/// <summary>A file or its pixels can't be used: unreadable, unsupported, hostile, or over a limit.</summary>
public sealed class InvalidContentException(string code, string message, Exception? innerException = null)
    : TectraException(code, message, innerException);

/// <summary>A certificate, envelope, proof or evidence bundle isn't in the form that <c>docs/formats.md</c> lays down.</summary>
public sealed class InvalidEvidenceException(string code, string message, Exception? innerException = null)
    : TectraException(code, message, innerException);

/// <summary>A key can't be used: the Fernet key is wrong, the stored key is damaged, or the key is unknown.</summary>
public sealed class KeyAccessException(string code, string message, Exception? innerException = null)
    : TectraException(code, message, innerException);

/// <summary>The registry refused a request, or its storage can't be used.</summary>
public sealed class RegistryException(string code, string message, Exception? innerException = null)
    : TectraException(code, message, innerException);

/// <summary>A native library is missing or too old. The message names the package to install.</summary>
public sealed class NativeLibraryException(string message, Exception? innerException = null)
    : TectraException(ErrorCodes.NativeLibraryMissing, message, innerException);

/// <summary>A program that does part of the work is missing or too old. The message names the package to install.</summary>
public sealed class MissingToolException(string code, string message, Exception? innerException = null)
    : TectraException(code, message, innerException);
