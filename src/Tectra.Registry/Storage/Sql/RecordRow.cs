using System.Data.Common;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Storage.Sql;

/// <summary>The columns of a new record, in the types that both engines take.</summary>
internal sealed record RecordRow(
    string RecordId,
    string UserId,
    byte[] PublicKey,
    string OriginType,
    string? ParentRecordId,
    byte[] OriginalSha256,
    byte[]? WatermarkedSha256,
    byte[] CertificateSha256,
    long PerceptualHash,
    byte[]? Payload,
    byte[] Envelope,
    string? Metadata,
    string? OriginalFileName,
    string RegisteredAt,
    long RegisteredMilliseconds)
{
    public static RecordRow Of(NewRecord record)
    {
        var certificate = record.Certificate;
        byte[]? payload = certificate.Fingerprint.Video is null ? null : [];
        if (payload is null && certificate.WatermarkFormat is not null)
        {
            payload = new byte[WatermarkPayload.LengthBytes];
            certificate.WatermarkPayload.CopyTo(payload);
        }
        return new RecordRow(
            certificate.RecordId.ToString(),
            certificate.Signer.UserId,
            certificate.PublicKey.ToArray(),
            certificate.OriginCode,
            certificate.ParentRecordId?.ToString(),
            certificate.Fingerprint.Sha256.ToArray(),
            certificate.WatermarkedSha256?.ToArray(),
            record.Envelope.PayloadSha256.ToArray(),
            unchecked((long)certificate.Fingerprint.PerceptualHash.Bits),
            payload,
            record.Envelope.ToJson(),
            record.MetadataJson,
            record.OriginalFileName,
            record.RegisteredAt.ToString(),
            record.RegisteredAt.Moment.ToUnixTimeMilliseconds());
    }
}

/// <summary>Reads records for the index.</summary>
internal static class AddedRecords
{
    public const string Select = "SELECT sequence, perceptual_hash, payload, original_sha256, watermarked_sha256";

    public const string SelectIndexed = "SELECT sequence, perceptual_hash, payload";

    public static AddedRecord Read(DbDataReader reader) => new(
        ReadIndexed(reader),
        new Sha256Digest(reader.GetFieldValue<byte[]>(3)),
        reader.IsDBNull(4) ? null : new Sha256Digest(reader.GetFieldValue<byte[]>(4)));

    public static IndexedRecord ReadIndexed(DbDataReader reader)
    {
        var payload = reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2);
        var isVideo = payload is [];
        return new IndexedRecord(
            reader.GetInt64(0),
            isVideo ? null : new PerceptualHash(unchecked((ulong)reader.GetInt64(1))),
            isVideo || payload is null ? null : new WatermarkPayload(payload));
    }
}
