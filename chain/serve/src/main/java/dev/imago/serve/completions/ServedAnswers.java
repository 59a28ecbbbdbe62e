package dev.imago.serve.completions;

import dev.imago.data.KeptAnswer;
import dev.imago.data.Rating;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The latest answers, so that a rating can be bound to what was asked and served. Thread-safe;
/// bounded in number and in bytes of prompts and answers together.
public final class ServedAnswers {
  private static final int BYTES_OF_CHAR = 2;

  /// Looks at answers that are whole.
  public interface Keeper {
    /// Looks at none.
    Keeper NONE =
        new Keeper() {
          @Override
          public boolean asksConfidence() {
            return false;
          }

          @Override
          public void ended(Served served) {}
        };

    /// Whether tokens' probabilities are to be computed for it.
    boolean asksConfidence();

    /// Is told that an answer is whole; nobody is to wait for what it does.
    void ended(Served served);
  }

  /// How an answer ended.
  ///
  /// @param tokens of it
  /// @param confidence the mean probability of these; NaN where it is not known
  /// @param flagged whether moderation flagged it, or its prompt
  /// @param took what it took; null where that is not known
  public record End(
      int tokens, double confidence, boolean flagged, KeptAnswer.@Nullable Took took) {
    static final End NOT_YET = new End(0, Double.NaN, false, null);
  }

  /// One answer, growing while it is served.
  public static final class Served {
    private final String id;
    private final String tenant;
    private final @Nullable String user;
    private final String model;
    private final List<Rating.Message> messages;
    private final StringBuilder answer = new StringBuilder();
    private final Optional<RequestMasking> masking;
    private final @Nullable String organisation;
    private final ServedAnswers all;
    private volatile End end = End.NOT_YET;

    /// What it weighs; guarded by `all`.
    private long bytes;

    private Served(
        String id,
        String tenant,
        @Nullable String user,
        String model,
        List<Rating.Message> messages,
        Optional<RequestMasking> masking,
        ServedAnswers all) {
      this.id = id;
      this.tenant = tenant;
      this.user = user;
      this.model = model;
      this.messages = messages;
      this.masking = masking;
      this.all = all;
      // Now, while the key is good that it is known by.
      this.organisation = all.organisations.apply(tenant).orElse(null);
      this.bytes =
          BYTES_OF_CHAR
              * (messages.stream().mapToLong(m -> m.content().length()).sum()
                  + masking.map(RequestMasking::chars).orElse(0L)
                  + (user == null ? 0 : user.length()));
    }

    /// What it is rated by.
    public String id() {
      return id;
    }

    /// Who asked, as the request said; null where it did not.
    public @Nullable String user() {
      return user;
    }

    /// Whose key asked; null where no accounts are kept.
    public @Nullable String organisation() {
      return organisation;
    }

    /// How it ended; of no tokens as long as it has not.
    public End end() {
      return end;
    }

    /// Tells that it is whole.
    void ended(End how) {
      end = how;
      all.keeper.ended(this);
    }

    /// The reference of the model that answered.
    public String model() {
      return model;
    }

    public List<Rating.Message> messages() {
      return messages;
    }

    String tenant() {
      return tenant;
    }

    /// What its words are masked by; empty where they are not.
    Optional<RequestMasking> masking() {
      return masking;
    }

    void append(String text) {
      synchronized (this) {
        answer.append(text);
      }
      all.grew(this, (long) BYTES_OF_CHAR * text.length());
    }

    /// What has been served so far.
    public synchronized String answer() {
      return answer.toString();
    }
  }

  private final int most;
  private final long mostBytes;
  private final Keeper keeper;
  private final Function<String, Optional<String>> organisations;
  private final Map<String, Served> byId = new HashMap<>();
  private final Deque<Served> inOrder = new ArrayDeque<>();
  private long bytes;

  /// @param most answers that are kept
  /// @param mostBytes of their prompts and texts together; the latest is kept whatever it weighs
  /// @param keeper looks at each when it is whole
  /// @param organisations a tenant's; empty where no accounts are kept
  public ServedAnswers(
      int most, long mostBytes, Keeper keeper, Function<String, Optional<String>> organisations) {
    this.most = most;
    this.mostBytes = mostBytes;
    this.keeper = keeper;
    this.organisations = organisations;
  }

  /// Of tenants without organisations.
  public ServedAnswers(int most, long mostBytes, Keeper keeper) {
    this(most, mostBytes, keeper, _ -> Optional.empty());
  }

  /// Whether tokens' probabilities are to be computed.
  boolean asksConfidence() {
    return keeper.asksConfidence();
  }

  /// What one of a reply's answers is rated by: the reply's id for the first, with the number after
  /// it for others.
  public static String id(String replyId, int choice) {
    return choice == 0 ? replyId : replyId + "#" + choice;
  }

  /// Keeps a new answer; forgets the oldest where there are too many.
  ///
  /// @param tenant whose it is
  /// @param user who asked, as the request said; null where it did not
  /// @param masking what its words are masked by; kept in memory alone
  synchronized Served start(
      String id,
      String tenant,
      @Nullable String user,
      String model,
      List<Rating.Message> messages,
      Optional<RequestMasking> masking) {
    var served = new Served(id, tenant, user, model, messages, masking, this);
    byId.put(id, served);
    inOrder.addLast(served);
    bytes += served.bytes;
    forget();
    return served;
  }

  private synchronized void grew(Served served, long by) {
    if (byId.get(served.id) == served) {
      served.bytes += by;
      bytes += by;
      forget();
    }
  }

  private void forget() {
    while (inOrder.size() > 1 && (inOrder.size() > most || bytes > mostBytes)) {
      Served oldest = inOrder.removeFirst();
      byId.remove(oldest.id);
      bytes -= oldest.bytes;
    }
  }

  /// An answer of a tenant's; another's is none.
  public synchronized Optional<Served> find(String id, String tenant) {
    return Optional.ofNullable(byId.get(id)).filter(served -> served.tenant.equals(tenant));
  }

  /// How many answers are kept at most.
  public int most() {
    return most;
  }
}
