using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace HeadlessSupport.Sdk.Tests;

/// <summary>What holds for every member of the public face.</summary>
public sealed class ConventionTests
{
    private static readonly Assembly[] Packages = [typeof(HeadlessSupportClient).Assembly];
    private static readonly List<Type> Public = Packages.SelectMany(a => a.GetExportedTypes()).ToList();
    private static readonly List<Type> Resources = Public.Where(t => t.IsInterface && t.Namespace == "HeadlessSupport" && t.Name != "IOpenEnum`1").ToList();

    [Fact]
    public void Every_asynchronous_method_takes_a_token_last()
    {
        var wrong = Public.SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(m => m.Name.EndsWith("Async", StringComparison.Ordinal) && m.GetParameters().LastOrDefault()?.ParameterType != typeof(CancellationToken))
            // Their tokens stand elsewhere: in the call that is wrapped, and by the language.
            .Where(m => m.Name is not ("WithRawResponseAsync" or "DisposeAsync"))
            .Select(m => $"{m.DeclaringType!.Name}.{m.Name}").ToList();

        Assert.Empty(wrong);
        Assert.True(Resources.Count >= 28, $"Only {Resources.Count} resources were looked at.");
    }

    [Fact]
    public void Every_list_pages()
    {
        var lists = Resources.SelectMany(t => t.GetMethods()).Where(m => m.Name.StartsWith("List", StringComparison.Ordinal)).ToList();

        Assert.True(lists.Count >= 25, $"Only {lists.Count} lists were looked at.");
        Assert.All(lists, m => Assert.True(m.ReturnType.IsGenericType && m.ReturnType.GetGenericTypeDefinition() == typeof(AsyncPageable<>), $"{m.DeclaringType!.Name}.{m.Name} does not page."));
    }

    [Fact]
    public void Every_call_takes_options_and_can_be_given_a_token_alone()
    {
        foreach (var method in Resources.Where(t => t != typeof(ILive)).SelectMany(t => t.GetMethods()).Where(m => m.GetParameters().AsEnumerable().Reverse().Skip(1).FirstOrDefault()?.ParameterType == typeof(RequestOptions)))
        {
            var parameters = method.GetParameters();
            Assert.True(parameters[^1].HasDefaultValue && parameters[^2].HasDefaultValue, $"{method.DeclaringType!.Name}.{method.Name} must be given options.");
            var alone = parameters.Where(p => p.ParameterType != typeof(RequestOptions)).Select(p => p.ParameterType).ToArray();
            Assert.True(method.DeclaringType!.GetMethod(method.Name, alone) is not null, $"{method.DeclaringType!.Name}.{method.Name} cannot be given a token alone.");
        }
    }

    [Fact]
    public void Every_model_is_read_only()
    {
        var models = Public.Where(t => t.GetMethod("<Clone>$") is not null).ToList();
        var settable = models.SelectMany(t => t.GetProperties()).Where(p => p.SetMethod is { IsPublic: true } set && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)))
            .Select(p => $"{p.DeclaringType!.Name}.{p.Name}").ToList();

        Assert.Empty(settable);
        Assert.True(models.Count >= 100, $"Only {models.Count} models were looked at.");
        Assert.Empty(models.SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Instance)));
    }

    [Fact]
    public void What_comes_keeps_the_members_it_does_not_know()
    {
        var answers = Public.Where(t => t.GetProperties().Any(p => p.GetCustomAttribute<JsonPropertyNameAttribute>() is not null) && !t.GetProperties().Any(p => p.Name == "AdditionalMembers"));

        // What is sent, and what the live connection says, is all there is.
        Assert.All(answers, t => Assert.True(t.Name.EndsWith("Request", StringComparison.Ordinal) || t.Name is "BulkTicketItem" or "BulkTicketUpdate" or "FirstAdmin" or "PersonReference" or "Presence" or "Viewer" or "Typing", t.Name));
    }

    [Fact]
    public void No_model_shows_what_it_holds_as_text()
    {
        var key = new ApiKey { Id = "key_1", Secret = "hs_live_SECRET" };
        var user = new User { Id = "usr_1", Email = "mia@customer.test" };

        Assert.Equal("ApiKey key_1", key.ToString());
        Assert.Equal("User usr_1", user.ToString());
        Assert.Equal("ticket.created evt_1", new TicketCreated { Id = "evt_1", Data = new Ticket { Subject = "private" } }.ToString());
        Assert.All(Public.Where(t => t.GetMethod("<Clone>$") is not null && t.GetProperties().Any(p => p.GetCustomAttribute<JsonPropertyNameAttribute>() is not null)),
            t => Assert.Equal(t, t.GetMethod("ToString", Type.EmptyTypes)!.DeclaringType));
    }

    [Fact]
    public void Nothing_static_can_change()
    {
        var fields = Packages.SelectMany(a => a.GetTypes()).Where(t => t.GetCustomAttribute<CompilerGeneratedAttribute>() is null && t.DeclaringType?.GetCustomAttribute<CompilerGeneratedAttribute>() is null)
            .Where(t => t.Name != "SupportJson" && !t.Name.Contains('<'))
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(f => !f.IsInitOnly && !f.IsLiteral && !f.Name.Contains("__", StringComparison.Ordinal) && !f.Name.StartsWith("<>", StringComparison.Ordinal))
            .Select(f => $"{f.DeclaringType!.FullName}.{f.Name}").ToList();

        Assert.Empty(fields);
    }

    [Fact]
    public void The_client_can_be_mocked()
    {
        using var mock = new Mock();

        Assert.IsType<MockTags>(mock.Tags);
        Assert.Throws<InvalidOperationException>(() => mock.Tickets);
        Assert.All(typeof(HeadlessSupportClient).GetProperties().Where(p => p.PropertyType.IsInterface), p => Assert.True(p.GetMethod!.IsVirtual, p.Name));
    }

    private sealed class Mock : HeadlessSupportClient
    {
        public override ITags Tags => new MockTags();
    }

    private sealed class MockTags : ITags
    {
        public AsyncPageable<Tag> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Tag> CreateAsync(CreateTagRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Tag> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Tag> UpdateAsync(string id, UpdateTagRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
