package io.tracestore.provider.redis.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisReadOnlyException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LOADING Redis is loading the dataset in memory                                       | StoreUnavailableException   | again | retry
          BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE. | StoreUnavailableException | again | retry
          UNKILLABLE Sorry the script already executed write commands against the dataset.     | StoreUnavailableException   | again | retry
          TRYAGAIN Multiple keys request during rehashing of slot                              | StoreUnavailableException   | again | retry
          CLUSTERDOWN Hash slot not served                                                     | StoreUnavailableException   | again | retry
          CLUSTERDOWN The cluster is down                                                      | StoreUnavailableException   | again | retry
          MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.     | StoreUnavailableException   | again | retry
          MOVED 3999 127.0.0.1:6381                                                            | StoreUnavailableException   | again | retry
          ASK 3999 127.0.0.1:6381                                                              | StoreUnavailableException   | again | retry
          REDIRECT 127.0.0.1:6381                                                              | StoreUnavailableException   | again | retry
          ERR Script attempted to access a non local key in a cluster node                     | StoreUnavailableException   | again | retry
          READONLY You can't write against a read only replica.                                | StoreUnavailableException   | once  | retry
          MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist on disk. | StoreUnavailableException | once | retry
          MISCONF Errors writing to the AOF file: No space left on device                      | StoreUnavailableException   | once  | retry
          NOREPLICAS Not enough good replicas to write.                                        | StoreUnavailableException   | once  | retry
          NOMASTERLINK Can't SYNC while not connected with my master                           | StoreUnavailableException   | once  | retry
          NOGOODSLAVE No suitable replica to promote                                           | StoreUnavailableException   | once  | retry
          NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the majority    | StoreUnavailableException   | once  | retry
          INPROG Failover already in progress                                                  | StoreUnavailableException   | once  | retry
          IOERR error or timeout writing to target instance                                    | StoreUnavailableException   | once  | retry
          UNBLOCKED force unblock from blocking operation, instance state changed              | StoreUnavailableException   | once  | retry
          ERR max number of clients reached                                                    | StoreUnavailableException   | once  | retry
          ERR max number of clients + cluster connections reached                              | StoreUnavailableException   | once  | retry
          NEWSTATE what a later release may say                                                | StoreUnavailableException   | once  | retry
          OOM command not allowed when used memory > 'maxmemory'.                              | StoreCapacityException      | once  | retry
          NOAUTH Authentication required.                                                      | StoreConfigurationException | once  | give up
          WRONGPASS invalid username-password pair or user is disabled.                        | StoreConfigurationException | once  | give up
          ERR invalid password                                                                 | StoreConfigurationException | once  | give up
          ERR AUTH <password> called without any password configured for the default user.     | StoreConfigurationException | once  | give up
          NOPERM this user has no permissions to run the 'evalsha' command                     | StoreConfigurationException | once  | give up
          DENIED Redis is running in protected mode because protected mode is enabled          | StoreConfigurationException | once  | give up
          NOPROTO unsupported protocol version                                                 | StoreConfigurationException | once  | give up
          ERR unknown command 'EVALSHA', with args beginning with:                             | StoreConfigurationException | once  | give up
          ERR DB index is out of range                                                         | StoreConfigurationException | once  | give up
          ERR SELECT is not allowed in cluster mode                                            | StoreConfigurationException | once  | give up
          WRONGTYPE Operation against a key holding the wrong kind of value                    | CorruptDataException        | once  | give up
          INVALIDOBJ the object is of another kind                                             | CorruptDataException        | once  | give up
          ERR syntax error                                                                     | TraceStoreException         | once  | give up
          CROSSSLOT Keys in request don't hash to the same slot                                | TraceStoreException         | once  | give up
          EXECABORT Transaction discarded because of previous errors.                          | TraceStoreException         | once  | give up
          NOSCRIPT No matching script. Please use EVAL.                                        | TraceStoreException         | once  | give up
          NOTBUSY No scripts in execution right now.                                           | TraceStoreException         | once  | give up
          BUSYKEY Target key name already exists.                                              | TraceStoreException         | once  | give up
          BUSYGROUP Consumer Group name already exists                                         | TraceStoreException         | once  | give up
          NOGROUP No such key or consumer group                                                | TraceStoreException         | once  | give up
          """)
  void eachReplyOfAServerHasItsKindOfError(String reply, String error, String link, String caller) {
    for (String written : List.of(reply, inScript62(reply), inScript7(reply))) {
      Throwable failure = new CompletionException(new RedisCommandExecutionException(written));
      TraceStoreException told = RedisErrors.translate("redis://h", failure);
      assertThat(told.getClass().getSimpleName()).isEqualTo(error);
      assertThat(told.isRetryable()).isEqualTo(caller.equals("retry"));
      assertThat(RedisErrors.isTransient(failure)).isEqualTo(link.equals("again"));
      assertThat(told).hasMessageStartingWith("redis://h: ").message().hasLineCount(1);
    }
  }

  private static String inScript62(String reply) {
    return "ERR Error running script (call to f_%s): @user_script:28: @user_script: 28: -%s"
        .formatted("0123456789012345678901234567890123456789", reply);
  }

  private static String inScript7(String reply) {
    return "%s script: %s, on @user_script:28."
        .formatted(reply, "0123456789012345678901234567890123456789");
  }

  @Test
  void theDriversOwnKindsOfRepliesAreKnown() {
    assertThat(RedisErrors.isTransient(new RedisBusyException("BUSY Redis is busy"))).isTrue();
    assertThat(RedisErrors.isTransient(new RedisLoadingException("LOADING Redis"))).isTrue();
    assertThat(RedisErrors.translate("s", new RedisReadOnlyException("READONLY You can't")))
        .isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void theDriversConnectionErrorsAreRetryable() {
    List<Throwable> failures =
        List.of(
            new RedisConnectionException("Unable to connect to h:1"),
            new RedisConnectionException("Unable to connect", new IOException("refused")),
            new IOException("Connection reset by peer"),
            new CancellationException());
    assertThat(failures)
        .allSatisfy(failure ->
            assertThat(RedisErrors.translate("s", failure))
                .isInstanceOf(StoreUnavailableException.class));
  }

  @Test
  void aMistakeOfThisProgramIsNotTakenForAServerThatIsAway() {
    assertThat(RedisErrors.translate("s", new IllegalStateException("bug")).isRetryable())
        .isFalse();
    assertThat(RedisErrors.translate("s", new NoClassDefFoundError("io/netty/X")))
        .isInstanceOf(StoreConfigurationException.class);
  }
}
