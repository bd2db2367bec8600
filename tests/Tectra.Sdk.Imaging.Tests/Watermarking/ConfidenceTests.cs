using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Sdk.Imaging.Tests.Watermarking;

/// <summary>Agreement of the bits and presence of the pilot, judged together.</summary>
public sealed class ConfidenceTests
{
    private const double MostAgreement = 22.63, MostPilot = 8;

    [Test]
    public void More_agreement_and_more_pilot_never_make_it_less_certain()
    {
        for (var agreement = 0.0; agreement <= MostAgreement; agreement += 0.1)
        {
            for (var pilot = 0.0; pilot <= MostPilot; pilot += 0.1)
            {
                var confidence = WatermarkConfidence.Of(agreement, pilot);
                Assert.That(WatermarkConfidence.Of(agreement + 0.1, pilot), Is.GreaterThan(confidence));
                Assert.That(WatermarkConfidence.Of(agreement, pilot + 0.1), Is.GreaterThanOrEqualTo(confidence));
                if (!WatermarkConfidence.IsFound(agreement, pilot)) continue;
                Assert.That(WatermarkConfidence.IsFound(agreement + 0.1, pilot) && WatermarkConfidence.IsFound(agreement, pilot + 0.1), Is.True);
            }
        }
    }

    [Test]
    public void A_pilot_that_chance_could_make_adds_nothing_and_the_best_adds_no_more_than_is_documented()
    {
        Assert.That(WatermarkConfidence.Of(12.5, 0), Is.EqualTo(12.5));
        Assert.That(WatermarkConfidence.Of(12.5, 5.75), Is.EqualTo(12.5));
        Assert.That(WatermarkConfidence.Of(12.5, MostPilot), Is.InRange(12.5 + 1.5, 12.5 + 1.6));
    }

    [TestCase(13.41, 0, true)]
    [TestCase(13.39, 0, false)]
    [TestCase(13.39, 5.75, false)]
    [TestCase(13.0, 6.4, true)]
    [TestCase(13.0, 6.3, false)]
    [TestCase(12.31, 7.4, true)]
    [TestCase(12.31, 7.2, false)]
    [TestCase(12.29, 8, false)]
    [TestCase(0, 8, false)]
    [TestCase(15, 0, true)]
    public void Found_needs_enough_of_both_together_and_bits_in_any_case(double agreement, double pilot, bool found) =>
        Assert.That(WatermarkConfidence.IsFound(agreement, pilot), Is.EqualTo(found));

    [Test]
    public void What_is_settled_is_found() =>
        Assert.That(WatermarkConfidence.SettledAgreement, Is.GreaterThan(WatermarkConfidence.FoundThreshold));
}
