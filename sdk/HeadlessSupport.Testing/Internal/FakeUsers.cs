using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>Staff and customers.</summary>
internal static class FakeUsers
{
    private static readonly string[] Roles = ["admin", "manager", "agent", "customer"];
    private static readonly string[] Permissions =
    [
        "tickets.read", "tickets.write", "tickets.delete", "tickets.internal.read", "tickets.internal.write", "attachments.read", "attachments.write", "users.read", "users.manage",
        "companies.read", "companies.write", "teams.manage", "inboxes.read", "inboxes.manage", "tags.manage", "keys.manage", "organization.read", "organization.manage", "webhooks.read",
        "webhooks.manage", "events.read", "audit.read", "end_users.mint", "reports.read", "automations.manage", "ai.manage", "knowledge.read", "knowledge.write", "roles.manage",
        "sessions.manage", "apps.manage",
    ];

    /// <summary>How a body names someone.</summary>
    public static readonly Shape Reference = new(
        new("id", Kind.Id) { Prefix = "usr" },
        new("external_id", Kind.Text) { Rules = [Rules.NotBlank, Rules.Most(255)] },
        new("email", Kind.Text) { Rules = [Rules.Email, Rules.Most(254)] },
        new("name", Kind.Text) { Rules = [Rules.NotBlank, Rules.Most(200)] })
    {
        Whole = who => who.Text("id") is null && who.Text("external_id") is null && who.Text("email") is null ? ("", "Name them by id, external_id or email.") : null,
    };

    private static readonly Shape NewUser = new(
        new("name", Kind.Text) { Rules = [Rules.NotBlank, Rules.Most(200)] },
        new("email", Kind.Text) { Rules = [Rules.Email, Rules.Most(254)] },
        new("role", Kind.Text) { Rules = [Rules.Most(50)] },
        new("locale", Kind.Text) { Rules = [Rules.Locale, Rules.Most(35)] },
        new("time_zone", Kind.Text) { Rules = [Rules.TimeZone] },
        new("company_id", Kind.Id) { Prefix = "com" },
        new("external_id", Kind.Text) { Rules = [Rules.NotBlank, Rules.Most(255)] },
        new("custom_fields", Kind.Fields) { Rules = [Rules.CustomFields] },
        new("metadata", Kind.Strings) { Rules = [Rules.Metadata] },
        new("role_id", Kind.Id) { Prefix = "rol" });

    public static Answer Me(Call call) => new(200, WireJson.Write(new Me
    {
        User = call.Store.PersonOf(call.Store.Me.Value),
        OrganizationId = call.Store.OrganizationId,
        Permissions = Permissions,
    }));

    public static Answer List(Call call)
    {
        var roles = call.Text("role")?.Split(',', StringSplitOptions.TrimEntries);
        var (email, externalId, company) = (call.Text("email"), call.Text("external_id"), call.Id("company_id", "com"));
        var status = call.Word("status", "active", "deactivated");
        bool? isMachine = call.Text("is_machine") is null ? null : call.Flag("is_machine");
        var (key, descending) = FakeCompanies.OrderOf<User>(call, "created_at", "updated_at");
        var normalized = Rules.NormalizeEmail(email);
        var users = call.Store.Users.Rows.Where(r => r.Value is var u
            && (roles is null || roles.Contains(u.Role))
            && (email is null || (normalized is not null && u.Email == normalized))
            && (externalId is null || u.ExternalId == externalId)
            && (company is null || u.CompanyId == company)
            && (status is null || u.Status.Value == status)
            && (isMachine is null || u.IsMachine == isMachine));
        var q = call.Text("q");
        if (q is not null && FakeSearch.For(q) is var matches)
            users = users.Where(u => matches([u.Value.Name, u.Value.Email]));
        return call.Page(users.ToList(), key, u => u.Id, descending, u => u.Show(), q is null ? null : FakeSearch.Outcome);
    }

    public static Answer Create(Call call)
    {
        var body = NewUser.Read(call.Json());
        Check(call.Store, body, null);
        var user = Add(call.Work, body, body.Text("external_id"));
        return call.Created(user, $"users/{user.Id}", user.Show());
    }

    public static Answer Get(Call call)
    {
        var user = Find(call);
        return call.Show(user, user.Show());
    }

    public static Answer Update(Call call)
    {
        var patch = Shape.ReadPatch(call.Json());
        var user = Find(call);
        call.CheckIfMatch(user, patch.EnumerateObject().Select(m => m.Name));
        var shown = user.Show();
        string[] names = ["name", "email", "role", "locale", "time_zone", "company_id", "external_id", "custom_fields", "metadata", "role_id"];
        var to = NewUser.Merge(patch, new JsonObject(names.Select(n => KeyValuePair.Create(n, shown[n]?.DeepClone()))), ("role", "customer"));
        Check(call.Store, to, user.Value);
        Set(call.Work, user, to, to.Text("external_id"));
        return Saved(call, user);
    }

    public static Answer Upsert(Call call)
    {
        var body = NewUser.Read(call.Json());
        var externalId = FakeCompanies.ExternalIdOf(call, body);
        var user = call.Store.Users.Rows.FirstOrDefault(u => u.Value.ExternalId == externalId);
        Check(call.Store, body, user?.Value, looksForExternalId: false);
        if (user is null)
            return Saved(call, Add(call.Work, body, externalId));
        call.CheckIfMatch(user);
        Set(call.Work, user, body, externalId);
        return Saved(call, user);
    }

    public static Answer Deactivate(Call call) => Become(call, UserStatus.Deactivated, "user.deactivated");

    public static Answer Activate(Call call) => Become(call, UserStatus.Active, "user.activated");

    /// <summary>Whom a body names: by id, else by external id, else by address. By the last two they are made as a customer where nobody is found.</summary>
    public static Row<User> FindOrAdd(Work work, JsonElement who, string pointer)
    {
        var users = work.Store.Users;
        if (who.Text("id") is { } id)
            return users.Find(id) ?? throw Refusal.Invalid(pointer + "/id", "There is no such user.");
        var externalId = who.Text("external_id");
        var email = Rules.NormalizeEmail(who.Text("email"));
        return users.Rows.FirstOrDefault(u => externalId is not null && u.Value.ExternalId == externalId)
            ?? users.Rows.FirstOrDefault(u => email is not null && u.Value.Email == email)
            ?? Add(work, new User { Role = "customer", Name = who.Text("name"), Email = email, ExternalId = externalId });
    }

    private static Row<User> Find(Call call) => call.Store.Users.Find(call.Id(0, "usr")) ?? throw Refusal.NotFound("user");

    private static Answer Become(Call call, UserStatus status, string type)
    {
        var user = Find(call);
        call.CheckIfMatch(user, "status");
        if (user.Value.Status != status)
        {
            user.Value = user.Value with { Status = status };
            call.Work.Happened(user, type);
        }
        return Saved(call, user);
    }

    private static Row<User> Add(Work work, JsonElement body, string? externalId) => Add(work, With(new User(), body, externalId));

    private static Row<User> Add(Work work, User user) => work.Add(work.Store.Users, user with
    {
        Id = work.Store.Ids.New("usr"),
        Status = UserStatus.Active,
        CreatedAt = work.Now,
        UpdatedAt = work.Now,
        Version = 1,
    }, "user.created");

    private static void Set(Work work, Row<User> user, JsonElement to, string? externalId)
    {
        user.Value = With(user.Value, to, externalId);
        work.Updated(user, "user.updated");
    }

    private static User With(User user, JsonElement to, string? externalId) => user with
    {
        Name = to.Text("name"),
        Email = Rules.NormalizeEmail(to.Text("email")),
        Role = to.Text("role") ?? "customer",
        Locale = to.Text("locale"),
        TimeZone = to.Text("time_zone"),
        CompanyId = to.Text("company_id"),
        ExternalId = externalId,
        CustomFields = to.Fields("custom_fields"),
        Metadata = to.Strings("metadata"),
    };

    private static void Check(Store store, JsonElement to, User? self, bool looksForExternalId = true)
    {
        var (company, email, externalId, role) = (to.Text("company_id"), Rules.NormalizeEmail(to.Text("email")), to.Text("external_id"), to.Text("role") ?? "customer");
        if (company is not null && company != self?.CompanyId && store.Companies.Find(company) is not { Value.DeletedAt: null })
            throw Refusal.Invalid("/company_id", "There is no such company.");
        if (to.Text("role_id") is not null)
            throw Refusal.Invalid("/role_id", "There is no such role.");
        if (email is not null && email != self?.Email && store.Users.Rows.Any(u => u.Value.Email == email))
            throw new Refusal(ErrorCode.AlreadyExists, "A user with this e-mail address exists already.", ("/email", "Is used by another user."));
        if (looksForExternalId && externalId is not null && externalId != self?.ExternalId && store.Users.Rows.Any(u => u.Value.ExternalId == externalId))
            throw new Refusal(ErrorCode.AlreadyExists, "A user with this external_id exists already.", ("/external_id", "Is used by another user."));
        if (!Roles.Contains(role))
            throw Refusal.Invalid("/role", $"Expected one of: {string.Join(", ", Roles)}.");
    }

    // Tickets and comments show who asked and wrote as they are called now.
    private static Answer Saved(Call call, Row<User> user)
    {
        call.Work.Save();
        Reshow(call.Store, user.Value);
        return call.Show(user, user.Show());
    }

    private static void Reshow(Store store, User user)
    {
        store.Tickets.Reshow(t => t.Requester.Id == user.Id, t => t with { Requester = store.PersonOf(user) });
        store.Comments.Reshow(c => c.Author.Id == user.Id, c => c with { Author = AuthorOf(user) });
    }

    private static Author AuthorOf(User user) => FakeComments.AuthorOf(user);
}
