using System.Globalization;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Signed, short-lived URLs of files, for anyone who was given one.</summary>
public sealed class DownloadLinks(SecretBox box, Links links, TenantContext tenant, TimeProvider time)
{
    private const string Purpose = "download";
    private static readonly ErrorCode Expired = new("link_expired", 410, "The link has expired");
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(15);

    /// <summary>The same, with a URL to download it from.</summary>
    public AttachmentResponse Add(AttachmentResponse attachment)
    {
        var until = (time.GetUtcNow() + GoodFor).ToUnixTimeSeconds();
        var token = box.SealText(Purpose, string.Create(CultureInfo.InvariantCulture, $"{tenant.Required.Value:N}{attachment.Id.Value:N}{until}"));
        return attachment with { DownloadUrl = links.Api($"files/{token}") };
    }

    /// <exception cref="SupportException">It is not ours (404) or too old (410).</exception>
    internal (Id<Tenant> Organization, Id<Attachment> Id) Open(string token)
    {
        if (!box.TryOpenText(Purpose, token, out var content))
            throw SupportException.NotFound("file");
        if (long.Parse(content.AsSpan(64), CultureInfo.InvariantCulture) < time.GetUtcNow().ToUnixTimeSeconds())
            throw new SupportException(Expired, "Get the attachment again for a fresh download_url.");
        return (new(Guid.ParseExact(content[..32], "N")), new(Guid.ParseExact(content[32..64], "N")));
    }
}
