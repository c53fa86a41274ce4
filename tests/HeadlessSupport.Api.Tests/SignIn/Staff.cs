using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Mail;
using HeadlessSupport.Api.SignIn;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Someone of the staff who can sign in.</summary>
internal sealed record Staff(Org Org, string UserId, string Email, string Password)
{
    public const string GoodPassword = "violet harbour tricycle 47";

    /// <summary>Makes one without the detour of an invitation, which has tests of its own.</summary>
    public static async Task<Staff> NewAsync(Org org, string role = "agent", string? email = null, object? more = null)
    {
        email ??= $"s{Guid.CreateVersion7():N}@staff.test";
        var user = (await org.Api.PostAsync("users", Json.Merge(new { email, name = "Stella", role }, more))).MustBe(201).Text("id");
        await LetInAsync(org, user, email);
        return new(org, user, email, GoodPassword);
    }

    /// <summary>Lets a login, made where there is none with this address, in as the user.</summary>
    public static async Task LetInAsync(Org org, string userId, string email)
    {
        await using var scope = org.World.Enter(org.Id);
        var logins = scope.ServiceProvider.GetRequiredService<UserManager<Login>>();
        var login = await logins.FindByEmailAsync(email);
        if (login is null)
        {
            login = new Login(email, "Stella", TimeProvider.System.GetUtcNow()) { EmailConfirmed = true, LockoutEnabled = true };
            Assert.True((await logins.CreateAsync(login, GoodPassword)).Succeeded);
        }
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var id = Id<User>.Parse(userId, null);
        var user = await db.Users.SingleAsync(u => u.Id == id);
        user.LetIn(login.Id, TimeProvider.System.GetUtcNow());
        await db.SaveChangesAsync();
    }

    public Browser Browser() => new(Org.World.Url);

    /// <summary>A browser that is signed in on our pages.</summary>
    public async Task<Browser> SignInAsync(string back = "/sign-in/security")
    {
        var browser = Browser();
        await browser.GetAsync("/sign-in" + Microsoft.AspNetCore.Http.QueryString.Create("return", back));
        await browser.SubmitAsync("/sign-in", ("email", Email), ("password", Password));
        return browser;
    }
}

/// <summary>The mails that the test installation sent, which are files.</summary>
internal static class Mails
{
    /// <summary>Waits for a mail to this address, of this subject.</summary>
    public static async Task<MimeMessage> ToAsync(World world, string address, string subject)
    {
        for (var i = 0; i < 400; i++)
        {
            var folder = new MailFolder(Path.Combine(world.DataDirectory, "mail"));
            foreach (var name in folder.List())
            {
                await using var file = folder.Open(name);
                if (file is null)
                    continue;
                var message = await MimeMessage.LoadAsync(file);
                if (message.To.Mailboxes.Any(m => m.Address == address) && message.Subject == subject)
                    return message;
            }
            await Task.Delay(25);
        }
        throw new InvalidOperationException($"No mail \"{subject}\" came to {address}.");
    }

    /// <summary>The one link that a mail has.</summary>
    public static string Link(this MimeMessage mail) =>
        mail.TextBody!.Split('\n').Select(l => l.Trim()).First(l => l.StartsWith("http", StringComparison.Ordinal));
}
