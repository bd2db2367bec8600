using Tectra.Sdk.Api;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

public sealed class VerificationPolicyTests
{
    [TestCase(0, true)]
    [TestCase(12, true)]
    [TestCase(13, false)]
    [TestCase(-1, false)]
    public void The_perceptual_radius_is_at_most_twelve(int radius, bool isAllowed)
    {
        Action policy = () => _ = new VerificationPolicy(KeyTrust.AnyKey, KeyTrust.AnyKey) { PerceptualRadius = radius };
        Action lookup = () => _ = new LookupOptions { PerceptualRadius = radius };
        foreach (var make in new[] { policy, lookup })
            Assert.That(() => make(), isAllowed ? Throws.Nothing : Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
