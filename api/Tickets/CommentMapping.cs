using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Tickets;

internal sealed class CommentMapping : IEntityTypeConfiguration<Comment>, IEntityTypeConfiguration<Attachment>
{
    internal static readonly Sorts<Comment> Sorts = new() { ["created_at"] = descending => Order<Comment>.By(c => c.CreatedAt, c => c.Id, descending) };
    internal static readonly Order<Attachment> AttachmentsByCreation = Order<Attachment>.By(a => a.CreatedAt, a => a.Id, descending: false);

    public void Configure(EntityTypeBuilder<Comment> builder)
    {
        builder.References(nameof(Comment.TicketId), (Comment c) => c.Ticket);
        builder.References(nameof(Comment.AuthorId), (Comment c) => c.Author);
        builder.References<Comment, Comment>(nameof(Comment.InReplyToId));
        builder.Navigation(c => c.Author).AutoInclude();
        builder.Navigation(c => c.Attachments).AutoInclude();
        builder.HasIndex(c => new { c.OrganizationId, c.TicketId, c.CreatedAt, c.Id });
    }

    public void Configure(EntityTypeBuilder<Attachment> builder)
    {
        builder.References<Attachment, Ticket>(nameof(Attachment.TicketId));
        builder.HasOne<Comment>().WithMany(c => c.Attachments).HasForeignKey(nameof(Attachment.OrganizationId), nameof(Attachment.CommentId)).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(a => new { a.OrganizationId, a.TicketId, a.CreatedAt, a.Id }).HasFilter("ticket_id is not null");
    }
}
