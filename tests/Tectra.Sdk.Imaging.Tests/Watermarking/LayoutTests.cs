using System.Security.Cryptography;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

public sealed class LayoutTests
{
    private static readonly WatermarkPayload Payload = WatermarkPayload.Parse("00112233445566778899aabbccddeeff");

    [Test]
    public void The_tile_is_the_documented_one()
    {
        // Change this only together with the name of the format: pictures that are out there carry this tile.
        var tile = WatermarkLayout.Tile(Payload);
        var rounded = tile.Select(value => (sbyte)Math.Round(value * 16)).ToArray();
        var digest = Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<sbyte>(rounded)));
        Assert.That(digest, Is.EqualTo("fcae4c529cf756b3ccbb8d172c041158977bb4705101b7921ce9ed417bfcc8d7"));
    }

    [Test]
    public void The_tile_has_mean_square_one_and_no_mean()
    {
        var tile = WatermarkLayout.Tile(Payload);
        Assert.That(tile.Average(value => (double)value * value), Is.EqualTo(1).Within(0.01));
        Assert.That(tile.Average(), Is.Zero.Within(1e-6));
        Assert.That(tile.Max(Math.Abs), Is.LessThan(6));
    }

    [Test]
    public void Every_coded_bit_has_four_or_five_places_of_both_kinds()
    {
        var counts = WatermarkLayout.SlotBits.ToArray().CountBy(bit => bit).ToDictionary();
        Assert.Multiple(() =>
        {
            Assert.That(WatermarkLayout.Coefficients, Has.Length.EqualTo(35));
            Assert.That(counts, Has.Count.EqualTo(512));
            Assert.That(counts.Values, Is.All.InRange(4, 5));
            Assert.That(WatermarkLayout.SlotNegative.ToArray().Count(negative => negative), Is.InRange(1000, 1240));
        });
    }

    [Test]
    public void The_pilot_lies_where_it_should()
    {
        var pilot = WatermarkLayout.Pilot;
        Assert.That(pilot, Has.Length.EqualTo(32));
        for (var i = 0; i < pilot.Length; i++)
        {
            var (u, v, phase) = pilot[i];
            var radius = Math.Sqrt((u * u) + (v * v));
            Assert.Multiple(() =>
            {
                Assert.That(radius, Is.InRange(10, 29));
                Assert.That(Math.Min(7, (int)((radius - 10) / (19.0 / 8))), Is.EqualTo(i / 4), "four in each of eight rings");
                Assert.That(Math.Min(Math.Abs(u), Math.Abs(v)), Is.GreaterThanOrEqualTo(2), "not on or next to an axis");
                Assert.That(u % 16 == 0 && v % 16 == 0, Is.False, "not on a harmonic of the 8×8 grid");
                Assert.That(phase, Is.InRange(0, 127));
            });
            for (var j = 0; j < i; j++)
            {
                var (a, b, _) = pilot[j];
                Assert.That(Math.Min(Squared(u - a, v - b), Squared(u + a, v + b)), Is.GreaterThanOrEqualTo(8), $"{i} and {j}");
            }
        }

        static int Squared(int x, int y) => (x * x) + (y * y);
    }

    [TestCase(768, 512, 768, 512)]
    [TestCase(1024, 1024, 1024, 1024)]
    [TestCase(4032, 3024, 1024, 768)]
    [TestCase(3024, 4032, 768, 1024)]
    [TestCase(5312, 2988, 1024, 576)]
    [TestCase(3000, 20, 1024, 7)]
    [TestCase(4000, 1, 1024, 1)]
    public void Canonical_size(int width, int height, int canonicalWidth, int canonicalHeight) =>
        Assert.That(WatermarkLayout.CanonicalSize(width, height), Is.EqualTo((canonicalWidth, canonicalHeight)));

    [TestCase(128, 128, true)]
    [TestCase(127, 4000, false)]
    [TestCase(128, 1024, true)]
    [TestCase(128, 1100, false)]
    public void The_smallest_picture_shows_the_whole_tile(int width, int height, bool fits) =>
        Assert.That(WatermarkLayout.Fits(width, height), Is.EqualTo(fits));
}
