using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Tectra.Sdk.Content;

/// <summary>The four kinds of origin.</summary>
public enum OriginCategory
{
    /// <summary>Captured by a camera or scanner.</summary>
    Camera,

    /// <summary>Made or changed by a generative model.</summary>
    Ai,

    /// <summary>Made or approved by people with creative or editorial tools.</summary>
    Creative,

    /// <summary>Made by a medical imaging device.</summary>
    Medical,
}

/// <summary>What kind of thing signed content is. The catalogue is closed; <see cref="All"/> lists it. Immutable.</summary>
public sealed record OriginType
{
    private OriginType(OriginCategory category, string code, string label)
    {
        Category = category;
        Code = code;
        Label = label;
    }

    /// <summary>A photograph straight from a camera.</summary>
    public static OriginType CameraPhoto { get; } = new(OriginCategory.Camera, "camera_photo", "Camera Photo");

    /// <summary>A video straight from a camera.</summary>
    public static OriginType CameraVideo { get; } = new(OriginCategory.Camera, "camera_video", "Camera Video");

    /// <summary>Footage of a security or surveillance camera.</summary>
    public static OriginType SecurityCamera { get; } = new(OriginCategory.Camera, "security_camera", "Security Camera Footage");

    /// <summary>Footage of a body-worn camera.</summary>
    public static OriginType BodyCamera { get; } = new(OriginCategory.Camera, "body_camera", "Body Camera Footage");

    /// <summary>Footage of a drone.</summary>
    public static OriginType DroneFootage { get; } = new(OriginCategory.Camera, "drone_footage", "Drone Footage");

    /// <summary>A photojournalist's picture at capture.</summary>
    public static OriginType Photojournalism { get; } = new(OriginCategory.Camera, "photojournalism", "Photojournalism");

    /// <summary>A scan of a paper document.</summary>
    public static OriginType ScannedDocument { get; } = new(OriginCategory.Camera, "scanned_document", "Scanned Document");

    /// <summary>An image that a model generated.</summary>
    public static OriginType AiGeneratedImage { get; } = new(OriginCategory.Ai, "ai_generated_image", "AI Generated Image");

    /// <summary>A video that a model generated.</summary>
    public static OriginType AiGeneratedVideo { get; } = new(OriginCategory.Ai, "ai_generated_video", "AI Generated Video");

    /// <summary>An image that a model changed.</summary>
    public static OriginType AiEditedImage { get; } = new(OriginCategory.Ai, "ai_edited_image", "AI Edited Image");

    /// <summary>Digital artwork by a person.</summary>
    public static OriginType DigitalArtwork { get; } = new(OriginCategory.Creative, "digital_artwork", "Digital Artwork");

    /// <summary>A photograph edited by a person.</summary>
    public static OriginType EditedPhoto { get; } = new(OriginCategory.Creative, "edited_photo", "Edited Photo");

    /// <summary>A graphic or rendered design.</summary>
    public static OriginType GraphicDesign { get; } = new(OriginCategory.Creative, "graphic_design", "Graphic Design");

    /// <summary>A capture of a screen.</summary>
    public static OriginType ScreenCapture { get; } = new(OriginCategory.Creative, "screen_capture", "Screen Capture");

    /// <summary>Approved for publication by an editorial desk.</summary>
    public static OriginType EditorialApproved { get; } = new(OriginCategory.Creative, "editorial_approved", "Editorial Approved");

    /// <summary>A medical image of any modality.</summary>
    public static OriginType MedicalImaging { get; } = new(OriginCategory.Medical, "medical_imaging", "Medical Imaging");

    /// <summary>Every origin type, in the order of the categories.</summary>
    public static ImmutableArray<OriginType> All { get; } =
    [
        CameraPhoto, CameraVideo, SecurityCamera, BodyCamera, DroneFootage, Photojournalism, ScannedDocument,
        AiGeneratedImage, AiGeneratedVideo, AiEditedImage,
        DigitalArtwork, EditedPhoto, GraphicDesign, ScreenCapture, EditorialApproved,
        MedicalImaging,
    ];

    /// <summary>The kind this type belongs to.</summary>
    public OriginCategory Category { get; }

    /// <summary>The stable code, such as <c>ai_generated_image</c>.</summary>
    public string Code { get; }

    /// <summary>The English name, such as <c>AI Generated Image</c>.</summary>
    public string Label { get; }

    /// <summary>Finds a type by its code; false when the catalogue has no such code.</summary>
    public static bool TryParse(string? code, [NotNullWhen(true)] out OriginType? origin)
    {
        origin = All.FirstOrDefault(type => type.Code == code);
        return origin is not null;
    }

    /// <summary>Finds a type by its code.</summary>
    /// <exception cref="FormatException">The catalogue has no such code.</exception>
    public static OriginType Parse(string code) => TryParse(code, out var origin)
        ? origin
        : throw new FormatException($"There is no origin type '{code}'. The codes are: {string.Join(", ", All.Select(type => type.Code))}.");

    /// <summary>The code.</summary>
    public override string ToString() => Code;
}
