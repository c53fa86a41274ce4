using HeadlessSupport.Api.Platform.Mail;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;

namespace HeadlessSupport.Api.SignIn;

/// <summary>
/// What belongs to no organization: logins, their passkeys, OAuth's tokens and the keys that sign them. Only the
/// system's login reaches these tables. Their schema stands in the migrations of <see cref="SupportDb"/>.
/// </summary>
public sealed class AccountsDb(DbContextOptions<AccountsDb> options) : IdentityUserContext<Login, Guid>(options)
{
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    protected override Version SchemaVersion => IdentitySchemaVersions.Version3;

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.UseOpenIddict<Guid>();
        builder.Entity<Login>(login =>
        {
            login.ToTable("logins");
            login.Ignore(l => l.PhoneNumber);
            login.Ignore(l => l.PhoneNumberConfirmed);
        });
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("login_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("login_providers");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("login_tokens");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("login_passkeys");
        builder.Entity<RecoveryCode>(code =>
        {
            code.ToTable("login_recovery_codes");
            code.HasKey(c => new { c.LoginId, c.Hash });
            code.HasOne<Login>().WithMany().HasForeignKey(c => c.LoginId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<SigningKey>().ToTable("signing_keys");
        builder.AddOutgoingMails();
        builder.Entity<OpenIddictEntityFrameworkCoreApplication<Guid>>().ToTable("oauth_applications");
        builder.Entity<OpenIddictEntityFrameworkCoreAuthorization<Guid>>().ToTable("oauth_authorizations");
        builder.Entity<OpenIddictEntityFrameworkCoreScope<Guid>>().ToTable("oauth_scopes");
        builder.Entity<OpenIddictEntityFrameworkCoreToken<Guid>>().ToTable("oauth_tokens");
    }
}
