package io.tracestore.provider.redis.connect;

import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Waits until the servers have everything written so far in their append-only files on the disk.
 * {@code WAITAOF} waits for the last write of its own connection, and the connection answers
 * nothing else during the wait. So it is sent after a write on a connection of its own.
 */
public final class LogSync {
  private static final Duration PROBE_LIFE = Duration.ofSeconds(10);

  /** Redis has it since 7.2. */
  private static final Keyword WAIT_FOR_LOG = new Keyword("WAITAOF");

  private LogSync() {}

  /** The name of a command that the driver does not know. */
  private record Keyword(String text) implements ProtocolKeyword {
    @Override
    public byte[] getBytes() {
      return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Whether one server, and each of its replicas, has everything on the disk in time.
   *
   * @param probe a key of this server, to write to
   */
  static boolean await(
      StatefulRedisConnection<byte[], byte[]> connection, byte[] probe, long timeoutMs) {
    RedisCommands<byte[], byte[]> server = connection.sync();
    InfoReply info;
    try {
      info = InfoReply.parse(server.info());
    } catch (RuntimeException e) {
      if (RedisErrors.isRefused(e)) {
        return false;
      }
      throw e;
    }
    long replicas = info.number("connected_slaves", -1);
    if (replicas < 0 || !info.hasLog()) {
      return false;
    }
    server.set(probe, new byte[] {'s'}, SetArgs.Builder.px(PROBE_LIFE));
    try {
      List<Object> done =
          server.dispatch(
              WAIT_FOR_LOG,
              new ArrayOutput<>(ByteArrayCodec.INSTANCE),
              new CommandArgs<>(ByteArrayCodec.INSTANCE).add(1).add(replicas).add(timeoutMs));
      return (Long) done.get(0) >= 1 && (Long) done.get(1) >= replicas;
    } catch (RuntimeException e) {
      if (RedisErrors.isRefused(e)) {
        return false; // an older server
      }
      throw e;
    }
  }
}
