// The phrases by which the reader knows a refusal, a question and an instruction, in many languages. In: a text. Out:
// yes or no. A new language is one row in each table.

/** Question marks of all scripts. */
const ASKS = /[?？؟;]["”»')*_\s]{0,4}$/;
const GREEK_MARK = /;["”»')*_\s]{0,4}$/;

/** Whether a text ends with a question. */
export function asks(text: string): boolean {
  const end = text.trimEnd().slice(-8);
  return ASKS.test(end) && !(GREEK_MARK.test(end) && !/\p{Script=Greek}/u.test(text.slice(0, 200)));
}

/**
 * Whether a text can be an instruction: more than one word, not only names. Scripts without spaces or without capital
 * letters are judged by length.
 */
export function saysWhatToDo(text: string): boolean {
  const words = wordsIn(text);
  if (words.length === 1) return isWithoutSpaces(words[0]!);
  return words.slice(1).some((word) => /^[^\p{L}]{0,2}[^\p{Lu}]/u.test(word));
}

/** Whether a text is a single word. It says nothing about what to do. A step may be shorter. */
export function isBareWord(text: string, isStep = false): boolean {
  const words = wordsIn(text);
  return words.length < 2 && !isWithoutSpaces(words[0] ?? "", isStep ? 2 : 4);
}

const wordsIn = (text: string): readonly string[] =>
  text
    .slice(0, 400)
    .replace(/[*_`"'#]/g, "")
    .split(/\s+/)
    .filter((word) => /\p{L}/u.test(word));

const isWithoutSpaces = (word: string, least = 4): boolean =>
  word.length >= least && /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(word);

/** Characters of a text in which a refusal is looked for: its first sentences. */
const BEGINNING = 240;

/** A model that says that it cannot or will not do it. Rows by language. */
const INABILITY: readonly RegExp[] = [
  /\bi(?:['’]m| am)(?: \w{1,12}){0,2} (?:unable|not able|not allowed|not permitted|not comfortable|prohibited)\b/,
  /(?<!\b(?:since|because|if|where|what|when) )\b(?:i|we)(?: \w{1,12})? (?:can['’]?t|cannot|can not|won['’]t|will not|could not|couldn['’]t|must decline|have to decline|decline to|refuse to|must refuse|am declining)\b/,
  /\bas an ai\b|\bsorry, but\b|\b(?:not something i can|against my (?:guidelines|policy|policies|principles))\b|^(?:i )?(?:decline|refuse)d?\b/,
  // German, Dutch, Scandinavian
  /\b(?:kann|darf|werde|möchte|könnte) (?:ich|wir)\b[^.!?]{0,80}\b(?:nicht|keine?n?)\b|\bich (?:kann|darf|werde|könnte)\b[^.!?]{0,80}\b(?:nicht|keine?n?)\b/,
  /\b(?:nicht möglich|geht (?:leider )?nicht|nicht in der lage|außerstande|lehne (?:ich|das)|ich lehne|nicht weiterhelfen|nicht helfen)\b/,
  /\b(?:kan|mag|zal) ik\b[^.!?]{0,80}\b(?:niet|geen)\b|\bik (?:kan|mag|zal)\b[^.!?]{0,80}\b(?:niet|geen)\b/,
  /\b(?:kan|vil|må|får) (?:jag|jeg)\b[^.!?]{0,60}\b(?:inte|ikke|ikkje)\b|\b(?:jag|jeg) (?:kan|vil|må|får)\b[^.!?]{0,60}\b(?:inte|ikke)\b/,
  // French, Spanish, Portuguese, Italian, Romanian
  /\bje ne (?:peux|puis|pourrai|suis|souhaite)\b|\bimpossible de\b|\bne suis pas en mesure\b|\bm['’]est impossible\b|\bje (?:refuse|dois refuser|dois décliner)\b/,
  /\bno (?:puedo|podemos|podré|puedo ayudar|me es posible|estoy en condiciones|soy capaz)\b|\bme niego\b|\bno está permitido\b/,
  /\bnão (?:posso|podemos|consigo|poderei|me é possível|sou capaz|estou autorizado)\b/,
  /\bnon (?:posso|possiamo|potrò|sono in grado|mi è possibile|mi è permesso)\b/,
  /\bnu pot\b|\bnu sunt în măsură\b/,
  // Polish, Czech, Russian, Ukrainian, Turkish, Hungarian, Finnish, Greek
  /\bnie (?:mogę|jestem w stanie|możemy)\b|\bnemohu\b|\bnemůžu\b|\bnejsem schop/,
  /(?:^|[^а-яё])не (?:могу|можем|смогу|в состоянии|имею права)|невозможно|вынужден\S* отказать|(?:^|[^а-яіїєґ])не (?:можу|зможу)/,
  /(?:yardımcı olam|yapam|yanıtlayam|gerçekleştirem|mümkün değil)|\bnem tudo[km]\b|\ben (?:voi|pysty)\b|δεν μπορώ/,
  // Chinese, Japanese, Korean
  /(?:无法|不能|没办法|無法|沒辦法|不可以|不便|拒绝)[^。！？]{0,40}(?:处理|帮|协助|提供|完成|满足|回答|执行|制定|支持|做|讨论|生成|處理|幫|協助|滿足|執行|給|给)/,
  /(?:不能|无法|無法)(?:处理|處理)?[。！.]?$|(?:请求|要求|事|忙|任务|问题|內容|内容)[^。！？]{0,12}(?:无法|不能|没办法|無法)/,
  /(?:でき|出来|いたし|致し|応じ|お手伝いでき|お答えでき|対応でき|提供でき|お受けでき)(?:かね|ません|ない)|わけにはいき|お断り/,
  /(?:할|드릴|해 ?드릴|도와 ?드릴|답변할|제공할|처리할|수행할)\s?수\s?(?:가 )?없|불가능|거절|어렵습니다/,
  // Arabic, Hebrew, Persian, Hindi
  /لا (?:أستطيع|يمكنني|أقدر|يمكنني|نستطيع)|لن أ(?:تمكن|ستطيع)|غير قادر|لا يسعني|أرفض/,
  /(?:לא יכול|לא אוכל|אין באפשרותי)|نمی[‌ ]?توانم|نمیتوانم|قادر نیستم/,
  /नहीं (?:कर|दे|बता|बना|हो)?\s?(?:सक|पा)|असमर्थ|मदद नहीं|संभव नहीं|सहायता नहीं/,
  // Vietnamese, Indonesian, Thai
  /không thể|(?:tidak|tak) (?:dapat|bisa|mampu)|ไม่สามารถ|ไม่ได้ครับ|ไม่ได้ค่ะ/,
];
const REFUSES = INABILITY.map((pattern) => new RegExp(pattern.source, "i"));

/** Whether a text begins with a refusal. */
export function refuses(text: string): boolean {
  const lead = firstSentences(text);
  return REFUSES.some((pattern) => pattern.test(lead));
}

const APOLOGY =
  /^[\s"'*]{0,8}(?:i(?:['’]m| am) (?:so |very |really )?sorry|sorry\b|my apologies|unfortunately|leider|es tut mir leid|entschuldigung|tut mir leid|désolé|je suis désolée?|malheureusement|lo siento|lamento|lamentablemente|desculpe|infelizmente|sinto muito|mi dispiace|purtroppo|spiacente|helaas|przykro mi|niestety|извините|простите|к сожалению|на жаль|üzgünüm|maalesef|抱歉|很抱歉|对不起|對不起|很遗憾|申し訳|すみません|ごめん|죄송|유감|آسف|أنا آسف|عذر|أعتذر|للأسف|क्षमा|माफ़|माफ|मुझे खेद|खेद)/i;

/** Whether a text without a plan begins with an apology. Then it declines. */
export const apologises = (text: string): boolean => APOLOGY.test(text.slice(0, 80));

function firstSentences(text: string): string {
  const lead = text.trimStart().slice(0, BEGINNING);
  const line = lead.search(/\n\s{0,8}(?:\n|[-*•\d])/);
  return line === -1 ? lead : lead.slice(0, line);
}

/** Sentences that ask for an answer without a question mark. */
const REQUEST =
  /^[\s"'*-]{0,8}(?:(?:so |then |but |first,? )?(?:could you )?please (?:tell|specify|clarify|confirm|provide|let me know|give me|share|say)\b|(?:let me|tell me) (?:know )?(?:which|what|when|where|who|whether|how)\b|i need to know\b|bitte (?:nennen|sagen|geben|teilen|bestätigen|präzisieren)\b|(?:veuillez|merci de) (?:me )?(?:préciser|indiquer|dire|confirmer|fournir)|(?:por favor,? )?(?:dígame|dime|indique|indíqueme|especifique|aclare|confirme|diga-me|informe)\b|per favore,? (?:dimmi|mi dica|specifica|conferma|indica)|(?:пожалуйста,? )?(?:уточните|укажите|скажите|сообщите)|请(?:告诉|说明|提供|确认|问)|請(?:告訴|說明|提供|確認|問))|(?:教えてください|お知らせください|알려 ?주세요|알려 ?주십시오|أخبرني|يرجى تحديد|कृपया बताएं|कृपया बताइए)/i;

export const requestsAnswer = (sentence: string): boolean => REQUEST.test(sentence.slice(0, 300));
