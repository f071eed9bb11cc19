package io.tracestore.tools.clickhouse;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Connections of the engine for requests: the one of their session, or one for themselves.
 *
 * <p>To prepare a connection takes as long as a short query. So one that a request has left as it
 * was prepared waits for the next request with the same user, database and settings.
 */
final class Sessions implements AutoCloseable {
  /** How many prepared connections may wait. */
  private static final int MOST_WAITING = 32;

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Engine engine;
  private final AccessRights rights;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Kept> kept = new HashMap<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  Sessions(Engine engine, AccessRights rights) {
    this.engine = engine;
    this.rights = rights;
  }

  /** A connection that a later request finds again. */
  private static final class Kept {
    private final EngineConnection connection;
    private boolean used = true;
    private long end;

    Kept(EngineConnection connection) {
      this.connection = connection;
    }
  }

  /** The parts of a request that a connection is prepared for. */
  private record Preparations(
      String user, Optional<String> database, Map<String, String> settings, boolean readOnly) {}

  /** A connection that is as {@code preparations} say. */
  private record Waiting(Preparations preparations, EngineConnection connection) {}

  /** A connection with the settings and database of the request. To be closed. */
  Session open(Request request, User user) throws ClickHouseError {
    @Nullable String id = request.parameter("session_id").orElse(null);
    if (id == null) {
      Preparations preparations =
          new Preparations(
              user.name(), request.database(), request.settings(), request.isReadOnly());
      EngineConnection prepared = take(preparations);
      EngineConnection connection = prepared == null ? engine.connect() : prepared;
      Session session = new Session(connection, () -> keep(new Waiting(preparations, connection)));
      if (prepared != null) {
        return session;
      }
      session.apply(request, rights.role(user), user.settings());
      if (request.isReadOnly() && !user.settings().containsKey("readonly")) {
        session.run(() -> connection.execute("SET readonly = 2"));
      }
      return session;
    }
    Kept found = find(id, request, user);
    Session session = new KeptSession(found.connection, () -> release(found, request));
    session.apply(request, rights.role(user), Map.of());
    return session;
  }

  private @Nullable EngineConnection take(Preparations preparations) {
    lock.lock();
    try {
      for (Waiting each : waiting) {
        if (each.preparations.equals(preparations)) {
          waiting.remove(each);
          return each.connection;
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void keep(Waiting added) {
    Waiting oldest = null;
    lock.lock();
    try {
      waiting.addFirst(added);
      if (waiting.size() > MOST_WAITING) {
        oldest = waiting.removeLast();
      }
    } finally {
      lock.unlock();
    }
    if (oldest != null) {
      oldest.connection.close();
    }
  }

  /** Closes the connections that wait: what they are prepared with may be gone. */
  void forget() {
    Deque<Waiting> forgotten;
    lock.lock();
    try {
      forgotten = new ArrayDeque<>(waiting);
      waiting.clear();
    } finally {
      lock.unlock();
    }
    forgotten.forEach(each -> each.connection.close());
  }

  private EngineConnection prepared(User user) throws ClickHouseError {
    EngineConnection connection = engine.connect();
    Session session = new Session(connection, () -> {});
    session.run(() -> session.set(user.settings()));
    return connection;
  }

  private Kept find(String id, Request request, User user) throws ClickHouseError {
    String key = user.name() + "\n" + id;
    lock.lock();
    try {
      removeExpired();
      Kept found = kept.get(key);
      if (found == null) {
        if (request.flag("session_check")) {
          throw ClickHouseError.of(
              ClickHouseError.SESSION_NOT_FOUND, "SESSION_NOT_FOUND", "Session not found");
        }
        found = new Kept(prepared(user));
        kept.put(key, found);
      } else if (found.used) {
        throw ClickHouseError.of(
            ClickHouseError.SESSION_IS_LOCKED,
            "SESSION_IS_LOCKED",
            "Session is locked by a concurrent client");
      }
      found.used = true;
      return found;
    } finally {
      lock.unlock();
    }
  }

  private void release(Kept session, Request request) {
    lock.lock();
    try {
      long seconds =
          request.parameter("session_timeout").map(Long::valueOf).orElse(TIMEOUT.toSeconds());
      session.end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      session.used = false;
    } finally {
      lock.unlock();
    }
  }

  private void removeExpired() {
    long now = System.nanoTime();
    kept.values()
        .removeIf(session -> {
          boolean expired = !session.used && session.end - now < 0;
          if (expired) {
            session.connection.close();
          }
          return expired;
        });
  }

  @Override
  public void close() {
    forget();
    kept.values().forEach(session -> session.connection.close());
  }

  /** A connection for one request. */
  static class Session implements AutoCloseable {
    private final EngineConnection connection;
    private final Runnable reuse;
    private boolean asPrepared;

    /**
     * @param reuse gives the connection to another request
     */
    private Session(EngineConnection connection, Runnable reuse) {
      this.connection = connection;
      this.reuse = reuse;
    }

    /** Says that the request has left the connection as it was prepared. */
    void isAsPrepared() {
      asPrepared = true;
    }

    EngineConnection connection() {
      return connection;
    }

    /**
     * Applies what comes with a request.
     *
     * @param profile the settings of the user, unless the session has them already
     */
    private void apply(Request request, Optional<String> role, Map<String, String> profile)
        throws ClickHouseError {
      run(() -> {
        // Every user may choose the database: rights are checked after that.
        if (role.isPresent()) {
          connection.execute("SET ROLE ALL");
        }
        if (request.database().isPresent()) {
          connection.execute("USE " + quoted(request.database().get(), '`'));
        }
        if (role.isPresent()) {
          connection.execute("SET ROLE " + role.get());
        }
        set(profile, request.settings());
      });
    }

    /**
     * Sets what the user has and what the request brings. The engine checks what goes together at
     * each statement, so that settings which the request replaces must never be in force.
     */
    private void set(Map<String, String> profile, Map<String, String> requested)
        throws ClickHouseError {
      if (profile.containsKey("readonly")) {
        set(profile);
        set(requested);
        return;
      }
      Map<String, String> merged = new LinkedHashMap<>(profile);
      merged.putAll(requested);
      set(merged);
    }

    /** Runs a part of the preparation; if it fails, the session is closed. */
    private void run(Preparation preparation) throws ClickHouseError {
      try {
        preparation.run();
      } catch (ClickHouseError e) {
        close();
        throw e;
      }
    }

    void set(Map<String, String> settings) throws ClickHouseError {
      if (settings.isEmpty()) {
        return;
      }
      // In one statement: the engine takes longer to begin one than to do it.
      connection.execute(
          settings.entrySet().stream()
              .map(setting ->
                  quoted(setting.getKey(), '`') + " = " + quoted(setting.getValue(), '\''))
              .collect(Collectors.joining(", ", "SET ", "")));
    }

    @Override
    public void close() {
      if (asPrepared) {
        reuse.run();
      } else {
        connection.close();
      }
    }
  }

  /** A session that outlives the request, whose settings it then forgets. */
  private static final class KeptSession extends Session {
    private final Map<String, String> before = new LinkedHashMap<>();
    private final Runnable end;

    private KeptSession(EngineConnection connection, Runnable end) {
      super(connection, end);
      this.end = end;
    }

    @Override
    void set(Map<String, String> settings) throws ClickHouseError {
      for (String name : settings.keySet()) {
        before.put(name, connection().text("SELECT getSetting(" + quoted(name, '\'') + ")"));
      }
      super.set(settings);
    }

    @Override
    public void close() {
      try {
        super.set(before);
      } catch (ClickHouseError e) {
        // A session that has made itself read-only keeps what it has.
        before.clear();
      } finally {
        end.run();
      }
    }
  }

  private interface Preparation {
    void run() throws ClickHouseError;
  }

  private static String quoted(String text, char quote) {
    return quote + text.replace("\\", "\\\\").replace("" + quote, "\\" + quote) + quote;
  }
}
