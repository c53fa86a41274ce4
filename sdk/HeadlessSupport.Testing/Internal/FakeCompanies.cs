using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>The companies that customers belong to.</summary>
internal static class FakeCompanies
{
    private static readonly Shape NewCompany = new(
        new("name", Kind.Text) { Required = true, Rules = [Rules.NotBlank, Rules.Most(200)] },
        new("domains", Kind.Texts) { Rules = [Rules.Most(100), Rules.Domains] },
        new("tier", Kind.Text) { Rules = [Rules.NotBlank, Rules.Most(50)] },
        new("external_id", Kind.Text) { Rules = [Rules.NotBlank, Rules.Most(255)] },
        new("custom_fields", Kind.Fields) { Rules = [Rules.CustomFields] },
        new("metadata", Kind.Strings) { Rules = [Rules.Metadata] });

    public static Answer List(Call call)
    {
        var (externalId, deleted, q) = (call.Text("external_id"), call.Flag("deleted"), call.Text("q"));
        var (key, descending) = OrderOf<Company>(call, "created_at", "updated_at", "name");
        var companies = call.Store.Companies.Rows.Where(c => c.Value.DeletedAt is not null == deleted && (externalId is null || c.Value.ExternalId == externalId));
        if (q is not null && FakeSearch.For(q) is var matches)
            companies = companies.Where(c => matches([c.Value.Name, .. c.Value.Domains]));
        return call.Page(companies.ToList(), key, c => c.Id, descending, c => c.Show(), q is null ? null : FakeSearch.Outcome);
    }

    public static Answer Create(Call call)
    {
        var body = NewCompany.Read(call.Json());
        CheckExternalId(call.Store, body.Text("external_id"), null);
        var company = Add(call.Work, body, body.Text("external_id"));
        return call.Created(company, $"companies/{company.Id}", company.Show());
    }

    public static Answer Get(Call call)
    {
        var company = call.Store.Companies.Find(call.Id(0, "com")) ?? throw Refusal.NotFound("company");
        return call.Show(company, company.Show());
    }

    public static Answer Update(Call call)
    {
        var patch = Shape.ReadPatch(call.Json());
        var company = Find(call);
        call.CheckIfMatch(company, patch.EnumerateObject().Select(m => m.Name));
        var shown = company.Show();
        string[] names = ["name", "domains", "tier", "external_id", "custom_fields", "metadata"];
        var to = NewCompany.Merge(patch, new JsonObject(names.Select(n => KeyValuePair.Create(n, shown[n]?.DeepClone()))));
        CheckExternalId(call.Store, to.Text("external_id"), company.Value);
        Set(call.Work, company, to, to.Text("external_id"));
        return Saved(call, company);
    }

    public static Answer Upsert(Call call)
    {
        var body = NewCompany.Read(call.Json());
        var externalId = ExternalIdOf(call, body);
        var company = call.Store.Companies.Rows.FirstOrDefault(c => c.Value.ExternalId == externalId && c.Value.DeletedAt is null);
        if (company is null)
            return Saved(call, Add(call.Work, body, externalId));
        call.CheckIfMatch(company);
        Set(call.Work, company, body, externalId);
        return Saved(call, company);
    }

    public static Answer Delete(Call call)
    {
        var company = Find(call);
        call.CheckIfMatch(company);
        company.Value = company.Value with { DeletedAt = call.Work.Now };
        call.Work.Happened(company, "company.deleted");
        return new(204);
    }

    public static Answer Restore(Call call)
    {
        var company = call.Store.Companies.Find(call.Id(0, "com")) ?? throw Refusal.NotFound("company");
        call.CheckIfMatch(company);
        if (company.Value.DeletedAt is not null)
        {
            CheckExternalId(call.Store, company.Value.ExternalId, null);
            company.Value = company.Value with { DeletedAt = null };
            call.Work.Happened(company, "company.restored");
        }
        return Saved(call, company);
    }

    /// <summary>The order that a list is asked for, of those it has; the newest first where none is.</summary>
    public static (Func<Row<T>, string> Key, bool Descending) OrderOf<T>(Call call, params string[] orders) where T : class
    {
        var sort = call.Text("sort");
        if (sort == "relevance" && call.Text("q") is null)
            throw Refusal.Unreadable("sort", "Only a search for words has an order of relevance.");
        if (sort is null or "relevance")
            sort = "-created_at";
        var by = sort[0] == '-' ? sort[1..] : sort;
        if (!orders.Contains(by))
            throw Refusal.Unreadable("sort", $"Expected one of: {string.Join(", ", orders.SelectMany(o => new[] { o, "-" + o }))}.");
        Func<Row<T>, string> key = by switch
        {
            "created_at" => r => Call.KeyOf(r.CreatedAt),
            "updated_at" => r => Call.KeyOf(r.UpdatedAt),
            _ => r => (r.Value as Company)?.Name ?? "",
        };
        return (key, sort[0] == '-');
    }

    /// <summary>The external id in the path, which a body may repeat.</summary>
    public static string ExternalIdOf(Call call, JsonElement body)
    {
        var inPath = call.Path[0];
        var wrong = string.IsNullOrWhiteSpace(inPath) ? "Must not be blank." : inPath.Length > 255 ? "Must have at most 255 characters." : null;
        if (wrong is not null)
            throw Refusal.Invalid("/external_id", wrong);
        return body.Text("external_id") is not { } given || given == inPath ? inPath : throw Refusal.Invalid("/external_id", "Must be the one in the path, or left out.");
    }

    private static Row<Company> Find(Call call) => call.Store.Companies.Find(call.Id(0, "com")) is { Value.DeletedAt: null } company ? company : throw Refusal.NotFound("company");

    private static Row<Company> Add(Work work, JsonElement body, string? externalId) => work.Add(work.Store.Companies, With(new Company
    {
        Id = work.Store.Ids.New("com"),
        CreatedAt = work.Now,
        UpdatedAt = work.Now,
        Version = 1,
    }, body, externalId), "company.created");

    private static void Set(Work work, Row<Company> company, JsonElement to, string? externalId)
    {
        company.Value = With(company.Value, to, externalId);
        work.Updated(company, "company.updated");
    }

    private static Company With(Company company, JsonElement to, string? externalId) => company with
    {
        Name = to.Text("name")!,
        Domains = [.. to.Texts("domains").Select(d => d.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal)],
        Tier = to.Text("tier"),
        ExternalId = externalId,
        CustomFields = to.Fields("custom_fields"),
        Metadata = to.Strings("metadata"),
    };

    private static Answer Saved(Call call, Row<Company> company)
    {
        call.Work.Save();
        return call.Show(company, company.Show());
    }

    private static void CheckExternalId(Store store, string? externalId, Company? self)
    {
        if (externalId is not null && externalId != self?.ExternalId && store.Companies.Rows.Any(c => c.Value.ExternalId == externalId && c.Value.DeletedAt is null))
            throw new Refusal(ErrorCode.AlreadyExists, "A company with this external_id exists already.", ("/external_id", "Is used by another company."));
    }
}
