using System.Net;

namespace HeadlessSupport.Testing;

/// <summary>
/// The API in memory, for tests of what is built upon it: the real client runs over it, and the API's own rules hold for
/// tickets, comments, users, companies, tags, attachments and events. Make one for each test. It is safe to use from many
/// threads.
/// </summary>
/// <example>
/// <code>
/// var fake = new FakeHeadlessSupport();
/// fake.Tickets.Seed(TestData.Ticket(subject: "Printer on fire"));
/// using var client = fake.CreateClient();
/// // what is tested works with the client
/// Assert.Single(fake.Requests, r => r.Method == "POST");
/// </code>
/// </example>
public sealed class FakeHeadlessSupport
{
    /// <summary>A key that it takes. It takes any.</summary>
    public const string ApiKey = "hs_test_fake";

    private readonly Store store;
    private readonly List<FakeRequest> requests = [];
    private readonly Queue<Fault> faults = new();

    /// <summary>An empty one: without tickets, and with the one user that the key acts as.</summary>
    /// <param name="time">The clock it goes by; the system's unless set.</param>
    public FakeHeadlessSupport(TimeProvider? time = null)
    {
        store = new Store(time ?? TimeProvider.System);
        var seeds = new Seeds(store);
        Handler = new FakeHandler(store, requests, faults);
        Tickets = Collection(store.Tickets, seeds.Put);
        Comments = Collection(store.Comments, seeds.Put);
        Users = Collection(store.Users, seeds.Put);
        Companies = Collection(store.Companies, seeds.Put);
        Tags = Collection(store.Tags, seeds.Put);
        Attachments = Collection(store.Attachments, seeds.Put);
    }

    /// <summary>An address to call it by. It answers at any.</summary>
    public static Uri BaseAddress { get; } = new("https://support.example.com");

    /// <summary>
    /// What answers instead of a network. With dependency injection:
    /// <c>services.AddHeadlessSupport(…).ConfigurePrimaryHttpMessageHandler(() => fake.Handler)</c>.
    /// </summary>
    public HttpMessageHandler Handler { get; }

    /// <summary>The tickets, deleted ones too.</summary>
    public FakeCollection<Ticket> Tickets { get; }

    /// <summary>What is written on them, replies and notes.</summary>
    public FakeCollection<Comment> Comments { get; }

    /// <summary>Staff and customers, and the one that the key acts as.</summary>
    public FakeCollection<User> Users { get; }

    /// <summary>The companies, deleted ones too.</summary>
    public FakeCollection<Company> Companies { get; }

    /// <summary>The tags.</summary>
    public FakeCollection<Tag> Tags { get; }

    /// <summary>The files. Upload them by the client where their content matters: a seeded one is as many spaces as its size says.</summary>
    public FakeCollection<Attachment> Attachments { get; }

    /// <summary>All that happened so far, in its order. What is seeded did not happen.</summary>
    public IReadOnlyList<Event> Events
    {
        get
        {
            lock (store.Gate)
                return store.Events.ConvertAll(e => Event.Parse(System.Text.Encoding.UTF8.GetBytes(e.Json)));
        }
    }

    /// <summary>The requests that came so far, refused and broken ones too.</summary>
    public IReadOnlyList<FakeRequest> Requests
    {
        get
        {
            lock (store.Gate)
                return [.. requests];
        }
    }

    /// <summary>The user that the key acts as: the author of what names no other.</summary>
    public User Me
    {
        get
        {
            lock (store.Gate)
                return store.Me.Value;
        }
    }

    /// <summary>Makes a client of it.</summary>
    /// <param name="configure">Sets the client's options otherwise: its clock, say, or how often it tries again.</param>
    /// <returns>The client.</returns>
    public HeadlessSupportClient CreateClient(Action<HeadlessSupportOptions>? configure = null)
    {
        var options = new HeadlessSupportOptions { ApiKey = ApiKey, BaseAddress = BaseAddress };
        configure?.Invoke(options);
        return new HeadlessSupportClient(options, new HttpClient(Handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan });
    }

    /// <summary>The next requests are answered with this status, and do nothing. Each try is a request.</summary>
    /// <param name="status">The status: 429, 500, 503, or any other.</param>
    /// <param name="next">How many requests.</param>
    /// <param name="retryAfter">What <c>Retry-After</c> asks for; at once unless set, so that tests need not wait.</param>
    public void Fail(HttpStatusCode status, int next = 1, TimeSpan? retryAfter = null) => Add(new(status, retryAfter ?? TimeSpan.Zero, false), next);

    /// <summary>The connection of the next requests breaks before they are answered. Each try is a request.</summary>
    /// <param name="next">How many requests.</param>
    /// <param name="afterwards">Whether what they ask is done, and only the answer is lost.</param>
    public void Break(int next = 1, bool afterwards = false) => Add(new(null, null, afterwards), next);

    private void Add(Fault fault, int next)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(next, 1);
        lock (store.Gate)
        {
            for (var i = 0; i < next; i++)
                faults.Enqueue(fault);
        }
    }

    private FakeCollection<T> Collection<T>(Table<T> table, Func<T, T> seed) where T : class =>
        new(store.Gate, () => [.. table.Rows.Select(r => r.Value)], seed);
}
