using System.Collections.Immutable;

namespace Tectra.Sdk.Api.Outbox;

/// <summary>How a delivery ended, or how far it is. Immutable.</summary>
/// <param name="Delivered">Registrations that the registry has acknowledged and that were taken out.</param>
/// <param name="Refused">Registrations that were set aside: refused by the registry, or damaged.</param>
/// <param name="Problem">Why it ended before the outbox was empty; null if it is empty. Everything undelivered is still there.</param>
public sealed record OutboxFlush(int Delivered, int Refused, RegistrationRefusal? Problem);

/// <summary>A registration that was set aside. Immutable.</summary>
/// <param name="FileName">Its file's name in <c>refused/</c>.</param>
/// <param name="RecordId">The record's id; null if the file is damaged.</param>
/// <param name="Code">Why: one of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong with it and what to do.</param>
public sealed record RefusedRegistration(string FileName, string? RecordId, string Code, string Message);

/// <summary>What is in an outbox. Immutable.</summary>
/// <param name="Waiting">Registrations that wait for their delivery.</param>
/// <param name="OldestAge">How long the oldest of them has waited; null if none does.</param>
/// <param name="RefusedCount">Registrations that were set aside.</param>
/// <param name="Refused">The newest of them, at most <see cref="RegistrationOutbox.MaxListed"/>.</param>
public sealed record OutboxStatus(int Waiting, TimeSpan? OldestAge, int RefusedCount, ImmutableArray<RefusedRegistration> Refused);
