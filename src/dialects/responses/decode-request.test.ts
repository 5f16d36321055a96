import { describe, expect, test } from 'vitest'
import { decode, output } from './__fixtures__/requests.ts'

describe('decoding a request', () => {
  test('everything Codex sends', () => {
    expect(
      decode({
        model: 'gpt-5.5',
        stream: true,
        store: false,
        instructions: 'Be brief.',
        include: ['reasoning.encrypted_content', 'file_search_call.results'],
        prompt_cache_key: 'session',
        reasoning: { effort: 'high', summary: 'auto', context: 'all_turns' },
        text: {
          verbosity: 'low',
          format: { type: 'json_schema', name: 'n', schema: {}, strict: true },
        },
        parallel_tool_calls: false,
        max_output_tokens: 100,
        tool_choice: {
          type: 'allowed_tools',
          mode: 'auto',
          tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }],
        },
        client_metadata: { a: 'b' },
        truncation: 'disabled',
        safety_identifier: 'u',
        tools: [
          {
            type: 'function',
            name: 'f',
            description: 'd',
            parameters: { type: 'object' },
            strict: false,
          },
          {
            type: 'custom',
            name: 'apply_patch',
            format: { type: 'grammar', syntax: 'lark', definition: 'x' },
          },
          {
            type: 'namespace',
            name: 'files',
            tools: [
              { type: 'function', name: 'read' },
              { type: 'custom', name: 'exec' },
            ],
          },
          { type: 'local_shell' },
          { type: 'web_search', external_web_access: true },
        ],
        input: [
          {
            type: 'additional_tools',
            role: 'developer',
            tools: [{ type: 'function', name: 'late' }],
          },
          {
            type: 'message',
            role: 'developer',
            content: [{ type: 'input_text', text: 'You are.' }],
          },
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'Hi' },
              { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'high' },
              {
                type: 'input_file',
                filename: 'a.pdf',
                file_data: 'data:application/pdf;base64,AA==',
              },
            ],
          },
          {
            type: 'reasoning',
            id: 'rs_1',
            summary: [
              { type: 'summary_text', text: 'A' },
              { type: 'summary_text', text: 'B' },
            ],
            content: null,
            encrypted_content: 'gAAA+/=',
          },
          { type: 'reasoning', summary: [], encrypted_content: 'jetway.messages.signature.EqQB' },
          {
            type: 'message',
            role: 'assistant',
            id: 'msg_1',
            status: 'completed',
            content: [{ type: 'output_text', text: 'Reading.' }],
          },
          {
            type: 'function_call',
            id: 'fc_1',
            call_id: 'call_1',
            name: 'read',
            namespace: 'files',
            arguments: '{"p":1}',
          },
          { type: 'custom_tool_call', call_id: 'call_2', name: 'apply_patch', input: '*** x' },
          {
            type: 'local_shell_call',
            id: 'lsh_1',
            call_id: 'call_3',
            action: { type: 'exec', command: ['ls'] },
          },
          { type: 'web_search_call', id: 'ws_1' },
          {
            ...output,
            output: [
              { type: 'input_text', text: 'a' },
              { type: 'input_image', image_url: 'https://example.org/a.png' },
              { type: 'strange', x: 1 },
            ],
          },
          { type: 'custom_tool_call_output', call_id: 'call_2', output: 'ok' },
          { type: 'local_shell_call_output', id: 'call_3', output: '{"stdout":""}' },
          { role: 'user', content: 'And?' },
        ],
      }),
    ).toEqual({
      model: 'gpt-5.5',
      stream: true,
      includeUsage: true,
      cacheKey: 'session',
      user: 'u',
      verbosity: 'low',
      maxOutputTokens: 100,
      parallelToolCalls: false,
      reasoning: { effort: 'high', summary: 'auto', includeSealed: true },
      responseFormat: { kind: 'json-schema', name: 'n', schema: {}, strict: true },
      toolChoice: { kind: 'allowed', mode: 'auto', names: ['f', 'web_search'] },
      tools: [
        {
          kind: 'function',
          name: 'f',
          description: 'd',
          parameters: { type: 'object' },
          strict: false,
        },
        {
          kind: 'custom',
          name: 'apply_patch',
          format: { type: 'grammar', syntax: 'lark', definition: 'x' },
        },
        { kind: 'function', name: 'read', namespace: 'files' },
        { kind: 'custom', name: 'exec', namespace: 'files' },
        expect.objectContaining({ kind: 'function', name: 'local_shell' }),
        {
          kind: 'server',
          name: 'web_search',
          origin: 'responses',
          value: { type: 'web_search', external_web_access: true },
        },
        { kind: 'function', name: 'late' },
      ],
      turns: [
        { role: 'system', author: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'system', author: 'developer', content: [{ type: 'text', text: 'You are.' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hi' },
            {
              type: 'image',
              source: { kind: 'data', mediaType: 'image/png', data: 'AA==' },
              detail: 'high',
            },
            {
              type: 'document',
              source: { kind: 'data', mediaType: 'application/pdf', data: 'AA==' },
              filename: 'a.pdf',
            },
          ],
        },
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              id: 'rs_1',
              text: 'A\n\nB',
              summary: true,
              sealed: { origin: 'responses', kind: 'encrypted', data: 'gAAA+/=' },
            },
            {
              type: 'reasoning',
              text: '',
              summary: false,
              sealed: { origin: 'messages', kind: 'signature', data: 'EqQB' },
            },
            { type: 'text', text: 'Reading.' },
            {
              type: 'tool-call',
              id: 'call_1',
              itemId: 'fc_1',
              name: 'read',
              namespace: 'files',
              input: { kind: 'json', text: '{"p":1}' },
            },
            {
              type: 'tool-call',
              id: 'call_2',
              name: 'apply_patch',
              input: { kind: 'text', text: '*** x' },
            },
            {
              type: 'tool-call',
              id: 'call_3',
              itemId: 'lsh_1',
              name: 'local_shell',
              input: { kind: 'json', text: '{"command":["ls"]}' },
            },
            { type: 'opaque', origin: 'responses', value: { type: 'web_search_call', id: 'ws_1' } },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'call_1',
              isError: false,
              content: [
                { type: 'text', text: 'a' },
                { type: 'image', source: { kind: 'url', url: 'https://example.org/a.png' } },
                { type: 'text', text: '{"type":"strange","x":1}' },
              ],
            },
            {
              type: 'tool-result',
              id: 'call_2',
              isError: false,
              custom: true,
              content: [{ type: 'text', text: 'ok' }],
            },
            {
              type: 'tool-result',
              id: 'call_3',
              isError: false,
              content: [{ type: 'text', text: '{"stdout":""}' }],
            },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'And?' }] },
      ],
      extras: [
        { name: 'client_metadata', value: { a: 'b' } },
        { name: 'include.file_search_call.results', value: true },
        { name: 'reasoning.context', value: 'all_turns' },
      ],
    })
  })

  test('an empty seal is kept, an absent one is none', () => {
    const sealOf = (encrypted_content: string | null) =>
      decode({ input: [{ type: 'reasoning', summary: [], encrypted_content }] }).turns[0]
        ?.content[0]
    expect(sealOf('')).toMatchObject({ sealed: { origin: 'responses', data: '' } })
    expect(sealOf(null)).not.toHaveProperty('sealed')
  })
})
