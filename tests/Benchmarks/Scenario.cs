using System.Globalization;
using System.Text;
using HeadlessSupport.Api.Platform.Data;

namespace HeadlessSupport.Benchmarks;

/// <summary>One kind of request. The API and the ceiling are sent the same bytes.</summary>
/// <param name="Name">As the tables call it.</param>
/// <param name="Status">What every answer must be; anything else ends the run.</param>
/// <param name="Writes">Whether it leaves rows behind, and events that are to be numbered.</param>
/// <param name="Request">Makes the next request: method, path and, where there is one, a body.</param>
internal sealed record Scenario(string Name, int Status, bool Writes, Func<Seeded, Random, (string Line, string? Body)> Request)
{
    /// <summary>Everything that is measured. A new one needs its line here, and its SQL in <see cref="Ceiling"/>.</summary>
    public static readonly Scenario[] All =
    [
        new("get", 200, Writes: false, (seeded, random) => ($"GET /api/v1/tickets/{Any(seeded.Tickets, random)}", null)),
        new("list of 50", 200, Writes: false, (_, _) => ("GET /api/v1/tickets?limit=50", null)),
        new("create", 201, Writes: true, (seeded, random) => ("POST /api/v1/tickets", $$$"""
            {"subject":"{{{Words.Subject(random)}}}","requester":{"email":"{{{seeded.Email(random.Next(seeded.Customers))}}}"},"comment":{"body":"{{{Words.Body(random)}}}"}}
            """)),
        new("reply", 201, Writes: true, (seeded, random) => ($"POST /api/v1/tickets/{Any(seeded.Answerable, random)}/comments", $$"""{"body":"{{Words.Body(random)}}"}""")),
    ];

    /// <summary>The request as it goes over the wire, in <paramref name="buffer"/>; answers its length.</summary>
    public int Write(Seeded seeded, Random random, byte[] buffer)
    {
        var (line, body) = Request(seeded, random);
        // The API goes by the key. The ceiling looks no key up, so it is told what the key would have said.
        var text = new StringBuilder(1024).Append(line).Append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ").Append(seeded.Key)
            .Append("\r\nX-Organization: ").Append(seeded.Organization.ToString()).Append("\r\nX-User: ").Append(seeded.User.ToString());
        if (body is not null)
            text.Append("\r\nIdempotency-Key: ").Append(Guid.CreateVersion7().ToString()).Append("\r\nContent-Type: application/json\r\nContent-Length: ").Append(body.Length.ToString(CultureInfo.InvariantCulture));
        return Encoding.ASCII.GetBytes(text.Append("\r\n\r\n").Append(body).ToString(), buffer);
    }

    private static string Any(Guid[] tickets, Random random) => TypeId.Format("tkt", tickets[random.Next(tickets.Length)]);
}

/// <summary>One seeded organization: its key, whom the key acts as, and what can be asked for.</summary>
internal sealed record Seeded(Guid Organization, string Key, Guid User, int Customers, Guid[] Tickets, Guid[] Answerable)
{
    public string Email(int customer) => $"customer-{customer}@shop.example";
}

/// <summary>Text of a believable size: subjects of about 40 characters, bodies of about 300. ASCII, so that letters count as bytes.</summary>
internal static class Words
{
    private static readonly string[] Some = "the order has not come yet and card was declined when paying please help me with refund for invoice account login password reset email shipping address damaged parcel wrong size delivery late thank you regards again still waiting since Monday number customer support team app crashes update phone".Split(' ');

    public static string Subject(Random random) => Line(random, 7);

    public static string Body(Random random) => $"Hello,\\n\\n{Line(random, 30)}.\\n\\n{Line(random, 20)}.";

    private static string Line(Random random, int words)
    {
        var line = new StringBuilder(words * 8);
        for (var i = 0; i < words; i++)
            line.Append(i == 0 ? "" : " ").Append(Some[random.Next(Some.Length)]);
        return line.ToString();
    }
}
