using Tectra.Sdk.Content;

namespace Tectra.Sdk.Tests.Content;

public sealed class FrameHashCodingTests
{
    private const string A = "0123456789abcdef", B = "fedcba9876543210";

    [TestCase(A + "00", 1)]
    [TestCase(A + "01", 2)]
    [TestCase(A + "7f", 128)]
    [TestCase(A + "8001", 129)]
    [TestCase(A + "8101" + B + "00" + A + "05", 137)]
    [TestCase(A + "ff7f", 16384)]
    public void Runs_are_a_hash_and_how_often_it_follows_itself(string hex, int count)
    {
        var bytes = Convert.FromHexString(hex);
        var frames = FrameHashCoding.Decode(bytes, 16_384);
        Assert.That(frames, Has.Length.EqualTo(count));
        Assert.That(FrameHashCoding.Encode(frames.AsSpan()), Is.EqualTo(bytes));
        Assert.That(() => FrameHashCoding.Decode(bytes, count - 1), Throws.TypeOf<FormatException>());
    }

    [TestCase("", "no frame")]
    [TestCase("00", "less than a hash")]
    [TestCase(A, "no length")]
    [TestCase(A + "80", "half a length")]
    [TestCase(A + "8000", "a length that could be shorter")]
    [TestCase(A + "00" + A + "00", "two runs that are one")]
    [TestCase(A + "00" + "01", "half a run behind")]
    [TestCase(A + "8080808001", "a length of too many bytes")]
    [TestCase(A + "ffffffff7f", "a length of too many bits")]
    [TestCase(A + "ffffff7f", "two hundred million frames")]
    [TestCase(A + "808001", "16,385 frames")]
    public void Any_other_bytes_are_refused(string hex, string why) =>
        Assert.That(() => FrameHashCoding.Decode(Convert.FromHexString(hex), 16_384), Throws.TypeOf<FormatException>(), why);

    [Test]
    public void Whatever_is_read_is_written_the_same_way()
    {
        var random = new Random(1);
        var read = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = new byte[9 * random.Next(1, 4)];
            random.NextBytes(bytes);
            for (var run = 8; run < bytes.Length; run += 9) bytes[run] = (byte)random.Next(0, 160);
            try
            {
                var frames = FrameHashCoding.Decode(bytes, 400);
                if (!FrameHashCoding.Encode(frames.AsSpan()).AsSpan().SequenceEqual(bytes)) Assert.Fail(Convert.ToHexString(bytes));
                read++;
            }
            catch (FormatException)
            {
                // Most have a length of two bytes, and are cut in the middle of a run.
            }
        }
        Assert.That(read, Is.GreaterThan(50_000));
    }
}
