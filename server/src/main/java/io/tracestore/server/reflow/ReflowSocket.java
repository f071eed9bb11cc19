package io.tracestore.server.reflow;

import io.tracestore.codec.ReflowReply;
import io.tracestore.codec.ReflowReply.ErrorCode;
import io.tracestore.server.http.MemoryBudget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection; public because Jetty calls it.
 *
 * <p>Messages are read as long as few wait; a thread of the connection's own answers them in their
 * order. So a store that is slow, or a client that does not read its answers, stops the reading of
 * this connection only. What is read and not yet answered counts against the budget that all
 * connections share.
 */
public final class ReflowSocket implements Session.Listener {
  private static final int MAX_WAITING = 512;
  private static final long MAX_WAITING_CHARS = 1 << 20;

  /** The memory that a character of a message takes: itself, and the objects decoded from it. */
  private static final long BYTES_PER_CHAR = 4;

  /** One message of this length is read from each connection, however much memory others hold. */
  private static final int ALWAYS_ROOM = 16 << 10;

  private static final Duration ROOM_WAIT = Duration.ofSeconds(10);

  /**
   * The length from which on a message is sent in several frames; no other message may come between
   * them.
   */
  private static final int LARGE = 32 << 10;

  private final SocketOptions options;
  private final MemoryBudget budget;
  private final Traffic traffic;
  private final Outbox outbox;
  private final Conversation conversation;
  private final Runnable closed;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<Message> waiting = new ArrayDeque<>();
  private long waitingChars;
  private boolean paused;
  private boolean ended;

  private final ReentrantLock sending = new ReentrantLock();
  private volatile @Nullable Session session;
  private volatile long lastHeard = System.nanoTime();
  private volatile long sendingSince;
  private volatile @Nullable Thread worker;
  private volatile boolean shuttingDown;

  /** The bytes that the budget gave for the message that is being read; guarded by the lock. */
  private long reserved;

  // The message that is being read, by the thread that reads.
  private final StringBuilder text = new StringBuilder();
  private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

  /** When the message that is being read began; 0 between messages. */
  private volatile long readingSince;

  /**
   * A message that was read.
   *
   * @param text its JSON; empty if there is an error
   * @param error the answer, where it could not be read
   */
  private record Message(String text, @Nullable String error, long reserved) {}

  ReflowSocket(
      SocketOptions options,
      MemoryBudget budget,
      Traffic traffic,
      Function<Outbox, Conversation> conversation,
      java.util.function.Consumer<ReflowSocket> closed) {
    this.options = options;
    this.budget = budget;
    this.traffic = traffic;
    this.outbox = new Outbox(this::sendAndWait, traffic);
    this.conversation = conversation.apply(outbox);
    this.closed = () -> closed.accept(this);
  }

  // ---- reading ----

  @Override
  public void onWebSocketOpen(Session session) {
    this.session = session;
    traffic.connections.increment();
    traffic.connectionsActive.incrementAndGet();
    worker = Thread.ofVirtual().name("tracestore-reflow").start(this::work);
    session.demand();
  }

  @Override
  public void onWebSocketPartialText(String payload, boolean last) {
    if (!hasRoomFor(payload.length(), text.length())) {
      return;
    }
    text.append(payload);
    if (last) {
      String message = text.toString();
      text.setLength(0);
      text.trimToSize();
      offer(message, null);
    } else {
      demand();
    }
  }

  @Override
  public void onWebSocketPartialBinary(ByteBuffer payload, boolean last, Callback callback) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    callback.succeed();
    if (!hasRoomFor(bytes.length, binary.size())) {
      return;
    }
    binary.write(bytes, 0, bytes.length);
    if (last) {
      byte[] message = binary.toByteArray();
      binary.reset();
      offerBinary(message);
    } else {
      demand();
    }
  }

  private void offerBinary(byte[] message) {
    try {
      int[] length = {0};
      String json =
          Payload.text(
              message,
              count -> {
                boolean room = hasRoomFor(count, length[0]);
                length[0] += count;
                return room;
              });
      if (json != null) {
        offer(json, null);
      }
    } catch (IOException e) {
      offer("", ReflowReply.error(ErrorCode.SERIALIZATION_ERROR, String.valueOf(e.getMessage())));
    }
  }

  /** Reserves room for more of a message; without room the connection is closed. */
  private boolean hasRoomFor(int more, int before) {
    lastHeard = System.nanoTime();
    if (before == 0) {
      readingSince = lastHeard | 1;
    }
    if ((long) before + more > options.maxMessageBytes()) {
      close(
          StatusCode.MESSAGE_TOO_LARGE,
          "a message may have %d bytes".formatted(options.maxMessageBytes()));
      return false;
    }
    long bytes = more * BYTES_PER_CHAR;
    if (!budget.reserve(bytes, Duration.ZERO)) {
      if (before + more <= ALWAYS_ROOM && !isPaused()) {
        return true;
      }
      if (!budget.reserve(bytes, ROOM_WAIT)) {
        close(StatusCode.TRY_AGAIN_LATER, "the server has no memory for this message now");
        return false;
      }
    }
    lock.lock();
    try {
      reserved += MemoryBudget.rounded(bytes);
    } finally {
      lock.unlock();
    }
    return true;
  }

  private void offer(String message, @Nullable String error) {
    traffic.received.increment();
    readingSince = 0;
    boolean goOn;
    lock.lock();
    try {
      if (ended) {
        budget.release(reserved);
        reserved = 0;
        return;
      }
      waiting.add(new Message(message, error, reserved));
      reserved = 0;
      waitingChars += message.length();
      goOn = waiting.size() < MAX_WAITING && waitingChars < MAX_WAITING_CHARS;
      paused = !goOn;
      arrived.signal();
    } finally {
      lock.unlock();
    }
    if (goOn) {
      demand();
    }
  }

  private void demand() {
    Session open = session;
    if (open != null && open.isOpen()) {
      open.demand();
    }
  }

  @Override
  public void onWebSocketPong(ByteBuffer payload) {
    lastHeard = System.nanoTime();
    demand();
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    finish();
  }

  @Override
  public void onWebSocketClose(int statusCode, String reason, Callback callback) {
    finish();
    callback.succeed();
  }

  private void finish() {
    lock.lock();
    try {
      ended = true;
      budget.release(reserved);
      reserved = 0;
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  // ---- answering ----

  private void work() {
    try {
      for (List<Message> batch = take(); !batch.isEmpty(); batch = take()) {
        answer(batch);
      }
    } catch (RuntimeException e) {
      traffic.errors.increment();
      close(StatusCode.SERVER_ERROR, "internal error");
    } finally {
      try {
        conversation.end();
      } finally {
        Session open = session;
        if (open != null && shuttingDown) {
          open.close(StatusCode.SHUTDOWN, "the server ends", Callback.NOOP);
        }
        traffic.connectionsActive.decrementAndGet();
        closed.run();
      }
    }
  }

  /** All that waits; empty once the connection has ended. */
  private List<Message> take() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !ended) {
        arrived.awaitUninterruptibly();
      }
      List<Message> batch = new ArrayList<>(waiting);
      waiting.clear();
      waitingChars = 0;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void answer(List<Message> batch) {
    try {
      List<String> run = new ArrayList<>();
      for (Message message : batch) {
        String error = message.error();
        if (error == null) {
          run.add(message.text());
        } else {
          send(conversation.answer(run));
          run.clear();
          send(List.of(error));
        }
      }
      send(conversation.answer(run));
    } finally {
      batch.forEach(message -> budget.release(message.reserved()));
    }
    resume();
  }

  private void resume() {
    boolean wasPaused;
    lock.lock();
    try {
      wasPaused = paused;
      paused = false;
    } finally {
      lock.unlock();
    }
    if (wasPaused) {
      lastHeard = System.nanoTime();
      demand();
    }
  }

  private void send(List<String> answers) {
    Callback.Completable last = null;
    for (String answer : answers) {
      last = send(answer);
    }
    if (last != null) {
      await(last);
    }
  }

  private void sendAndWait(String message) {
    Callback.Completable sent = send(message);
    if (sent != null) {
      await(sent);
    }
  }

  private Callback.@Nullable Completable send(String message) {
    Session open = session;
    if (open == null || !open.isOpen()) {
      return null;
    }
    traffic.sent.increment();
    Callback.Completable sent = new Callback.Completable();
    sending.lock();
    try {
      open.sendText(message, sent);
      if (message.length() > LARGE) {
        await(sent);
      }
    } finally {
      sending.unlock();
    }
    return sent;
  }

  /** A message that cannot be sent any more is lost with its connection. */
  private void await(Callback.Completable sent) {
    sendingSince = System.nanoTime() | 1;
    try {
      var unused = sent.join();
    } catch (CompletionException e) {
      finish();
    } finally {
      sendingSince = 0;
    }
  }

  // ---- the end ----

  /** Asks a silent client whether it is there, and gives up one that is not. */
  void check() {
    Session open = session;
    if (open == null || !open.isOpen()) {
      return;
    }
    long now = System.nanoTime();
    long since = sendingSince;
    boolean stuck = since != 0 && now - since > options.lostAfter().toNanos();
    long began = readingSince;
    boolean slow = began != 0 && now - began > options.lostAfter().toNanos();
    boolean silent = !isPaused() && now - lastHeard > options.lostAfter().toNanos();
    if (stuck || slow || (silent && since == 0)) {
      open.disconnect();
      finish();
    } else if (now - lastHeard > options.pingEvery().toNanos()) {
      open.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
    }
  }

  private boolean isPaused() {
    lock.lock();
    try {
      return paused || !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Reads no more, answers what was read, and closes the connection. */
  void shutDown() {
    shuttingDown = true;
    finish();
  }

  private void close(int statusCode, String reason) {
    finish();
    Session open = session;
    if (open != null) {
      open.close(statusCode, reason, Callback.NOOP);
    }
  }

  /** Waits for the end of the work; false if it does not end in time. */
  boolean awaitEnd(Duration limit) throws InterruptedException {
    Thread working = worker;
    return working == null || working.join(limit);
  }

  /** Ends the work, also if it waits for the client or the store. */
  void interrupt() {
    Session open = session;
    if (open != null) {
      open.disconnect();
    }
    Thread working = worker;
    if (working != null) {
      working.interrupt();
    }
  }
}
