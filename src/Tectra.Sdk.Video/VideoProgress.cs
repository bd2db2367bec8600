namespace Tectra.Sdk.Video;

/// <summary>How far a video is. No number of it ever falls. Immutable.</summary>
/// <param name="Fraction">The share of the work that is done, 0 to 1.</param>
/// <param name="Position">The time of the last frame that was hashed, from the first frame on.</param>
/// <param name="Frames">How many frames have been hashed.</param>
/// <param name="TotalFrames">How many there will be; 0 before that is known.</param>
public readonly record struct VideoProgress(double Fraction, TimeSpan Position, int Frames, int TotalFrames);
