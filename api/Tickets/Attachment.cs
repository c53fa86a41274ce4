using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Tickets;

/// <summary>A file. Uploaded first, then tied to the comment that names it.</summary>
public sealed class Attachment : Resource, IEntity
{
    private Attachment() { }

    public Attachment(Id<Tenant> organization, string name, string contentType, long size, byte[] sha256, string storageKey, Guid? uploader, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<Attachment>.New();
        Name = name;
        ContentType = contentType;
        Size = size;
        Sha256 = sha256;
        StorageKey = storageKey;
        UploaderId = uploader;
        Happened(TicketEvents.AttachmentUploaded);
    }

    public static string Prefix => "att";

    public Id<Attachment> Id { get; private set; }
    public Id<Ticket>? TicketId { get; private set; }
    public Id<Comment>? CommentId { get; private set; }

    /// <summary>File name without any path.</summary>
    public string Name { get; private set; } = null!;

    /// <summary>What the content looks like, whatever the sender said.</summary>
    public string ContentType { get; private set; } = null!;

    /// <summary>In bytes.</summary>
    public long Size { get; private set; }
    public byte[] Sha256 { get; private set; } = [];
    public string StorageKey { get; private set; } = null!;

    /// <summary>The user who brought it: until a comment names it, end users and staff of limited roles see their own only. May be a visitor who has no row yet.</summary>
    public Guid? UploaderId { get; private set; }

    internal override Guid Key => Id.Value;

    internal override bool VersionCoversBody => false;

    internal override Guid? TicketKey => TicketId?.Value;

    /// <summary>Ties it to the comment it was sent with; once.</summary>
    public void AttachTo(Comment comment, DateTimeOffset now)
    {
        TicketId = comment.TicketId;
        CommentId = comment.Id;
        comment.Attachments.Add(this);
        Touch(now);
    }

    /// <summary>No comment ever named it, and now it goes.</summary>
    public void Expire() => Happened(TicketEvents.AttachmentDeleted);

    internal override object Snapshot() => AttachmentResponse.From(this);

    internal override EventAudience AudienceOf(string type) => EventAudience.Staff;
}
