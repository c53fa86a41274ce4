using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>A mail that waits to be sent. The app only ever adds one; the sender does the rest in SQL.</summary>
public sealed class QueuedMail
{
    private QueuedMail() { }

    internal QueuedMail(Id<Tenant>? organization, string kind, byte[] content, DateTimeOffset realNow)
    {
        Id = Guid.CreateVersion7(realNow);
        OrganizationId = organization?.Value;
        Kind = kind;
        Content = content;
        CreatedAt = realNow;
        NextAttemptAt = realNow;
    }

    // Plain values, so that a context without the house's conventions can have the table too.
    public Guid Id { get; private set; }
    public Guid? OrganizationId { get; private set; }
    public string Kind { get; private set; } = null!;

    /// <summary>Sealed; null once the mail was sent or given up.</summary>
    public byte[]? Content { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Null once there will be none.</summary>
    public DateTimeOffset? NextAttemptAt { get; private set; }
    public int Attempts { get; private set; }

    /// <summary>Until then it is in one node's hands.</summary>
    public DateTimeOffset? LockedUntil { get; private set; }
    public DateTimeOffset? SentAt { get; private set; }

    /// <summary>Why the last attempt failed, without a word of the receiver's that may name somebody.</summary>
    public string? LastError { get; private set; }
}

internal sealed class QueuedMailMapping : IEntityTypeConfiguration<QueuedMail>
{
    public void Configure(EntityTypeBuilder<QueuedMail> builder)
    {
        builder.ToTable("outgoing_mails");
        builder.HasKey(m => m.Id);
        builder.Property(m => m.Id).ValueGeneratedNever();
        builder.HasIndex(m => m.NextAttemptAt).HasFilter("next_attempt_at is not null").HasDatabaseName("ix_outgoing_mails_due");
        builder.HasIndex(m => m.CreatedAt).HasFilter("next_attempt_at is null").HasDatabaseName("ix_outgoing_mails_done");
    }
}

public static class OutgoingMailsModel
{
    /// <summary>Gives a context beside SupportDb the table, so that it can add mails; SupportDb's migrations make it.</summary>
    public static void AddOutgoingMails(this ModelBuilder model)
    {
        model.ApplyConfiguration(new QueuedMailMapping());
        model.Entity<QueuedMail>().ToTable("outgoing_mails", table => table.ExcludeFromMigrations());
    }
}
