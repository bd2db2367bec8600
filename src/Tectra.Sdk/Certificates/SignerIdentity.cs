using Tectra.Sdk.Content;

namespace Tectra.Sdk.Certificates;

/// <summary>
/// Who signs, as the signer says it. The user id goes into the fingerprint signature; the other names are claims that a
/// verifier believes as far as it trusts the key. Immutable.
/// </summary>
/// <param name="UserId">The account's id; see <see cref="ContentFingerprint.IsValidUserId"/>.</param>
/// <param name="OrganisationName">The organisation's name, such as <c>Acme AI Inc.</c>, or null.</param>
/// <param name="OrganisationType">The organisation's kind, such as <c>ai_provider</c>, or null.</param>
/// <param name="KeyName">The key's name, such as <c>production</c>, or null.</param>
public sealed record SignerIdentity(string UserId, string? OrganisationName = null, string? OrganisationType = null, string? KeyName = null);
