using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.SignIn;
using HeadlessSupport.Api.SignIn.Sso;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;
using HeadlessSupport.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api;

/// <summary>Table of contents of the data: one line a table. Events stand in the platform.</summary>
public class SupportDb : PlatformDb
{
    public SupportDb(DbContextOptions<SupportDb> options) : base(options) { }

    private protected SupportDb(DbContextOptions options) : base(options) { }

    public DbSet<Organization> Organizations => Set<Organization>();
    public DbSet<User> Users => Set<User>();
    public DbSet<Company> Companies => Set<Company>();
    public DbSet<Team> Teams => Set<Team>();
    public DbSet<TeamMember> TeamMembers => Set<TeamMember>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<Role> Roles => Set<Role>();
    public DbSet<Inbox> Inboxes => Set<Inbox>();
    public DbSet<WidgetKey> WidgetKeys => Set<WidgetKey>();
    public DbSet<Tag> Tags => Set<Tag>();
    public DbSet<Ticket> Tickets => Set<Ticket>();
    public DbSet<TicketTag> TicketTags => Set<TicketTag>();
    public DbSet<Follower> Followers => Set<Follower>();
    public DbSet<TicketLink> TicketLinks => Set<TicketLink>();
    public DbSet<Comment> Comments => Set<Comment>();
    public DbSet<Attachment> Attachments => Set<Attachment>();
    public DbSet<OAuthApp> OAuthApps => Set<OAuthApp>();
    public DbSet<AppInstall> AppInstalls => Set<AppInstall>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<SsoConnection> SsoConnections => Set<SsoConnection>();
    public DbSet<VerifiedDomain> VerifiedDomains => Set<VerifiedDomain>();
    public DbSet<WebhookEndpoint> WebhookEndpoints => Set<WebhookEndpoint>();
    public DbSet<WebhookSecret> WebhookSecrets => Set<WebhookSecret>();
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();
    public DbSet<WebhookAttempt> WebhookAttempts => Set<WebhookAttempt>();
    public DbSet<WebhookHealth> WebhookHealths => Set<WebhookHealth>();
    public DbSet<WebhookReplay> WebhookReplays => Set<WebhookReplay>();
}
